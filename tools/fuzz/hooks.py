"""Media types that Schemathesis does not know by itself."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines_of_json(_context, value):
    rows = value if isinstance(value, list) else [value]
    return "\n".join(json.dumps(row) for row in rows).encode()


@schemathesis.deserializer("text/csv", "application/x-ndjson")
def text(_context, response):
    return response.text

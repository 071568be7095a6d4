import { contentTypeBinary, envelopeHeaders, type Envelope } from './envelope.js';
import type { JsonSchema } from './schema.js';

const text = (description: string): JsonSchema => ({ type: 'string', description });

const attributes: Record<keyof Envelope, JsonSchema> = {
  id: { ...text('unique per source within a tenant: a repeat with the same id changes nothing'), minLength: 1 },
  type: text('simyard.<Name>.v1'),
  source: { ...text('the system that sends, a URI reference'), minLength: 1 },
  time: { ...text('RFC 3339'), format: 'date-time' },
  subject: text('what the message is about'),
  tenant: { ...text('root account'), minLength: 1 },
  actor: { ...text('username of the API client on whose behalf this happens'), minLength: 1 },
  correlationId: text('carried through to outcome, change and log'),
  causationId: text('id of the message that caused this one'),
  traceparent: text('W3C trace context'),
  replayOf: text('id of the command of which this one is a replay'),
  dryRun: text('true: the command is decided, and changes nothing'),
};

function headersSchema(description: string, required: (keyof Envelope)[]): JsonSchema {
  const ours = Object.entries(attributes).map(([name, schema]) => [envelopeHeaders[name as keyof Envelope], schema]);
  return {
    type: 'object',
    description,
    properties: {
      ce_specversion: { type: 'string', const: '1.0' },
      'content-type': { type: 'string', const: contentTypeBinary },
      ...(Object.fromEntries(ours) as Record<string, JsonSchema>),
    },
    required: ['ce_specversion', ...required.map((name) => envelopeHeaders[name])],
  };
}

/** Headers that a dead letter has besides those of the record as it came; libs/kafka writes them. */
export const deadLetterHeaders: Readonly<Record<string, string>> = {
  dlt_cause: 'error code, see docs/errors.md',
  dlt_message: 'what was wrong, at most 1000 characters',
  dlt_attempts: 'how often the command was tried',
  dlt_topic: 'topic from which the record came, without the prefix of the installation',
  dlt_partition: 'its partition',
  dlt_offset: 'its offset',
  dlt_timestamp: 'its timestamp, milliseconds since 1970',
};

/** JSON Schemas of Kafka headers, by name. */
export const headerSchemas: Record<string, JsonSchema> = {
  CommandHeaders: headersSchema('CloudEvents 1.0, binary mode', ['id', 'type', 'source', 'tenant', 'actor']),
  EventHeaders: headersSchema('CloudEvents 1.0, binary mode', [
    'id',
    'type',
    'source',
    'time',
    'tenant',
    'actor',
    'correlationId',
  ]),
  DeadLetterHeaders: {
    type: 'object',
    description: 'the headers of the record as it came, and these',
    properties: {
      ...Object.fromEntries(Object.entries(deadLetterHeaders).map(([name, words]) => [name, text(words)])),
      dlt_value_omitted: { type: 'string', const: 'true', description: 'the value was too large to be kept' },
    },
    required: Object.keys(deadLetterHeaders),
  },
};

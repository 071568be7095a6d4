import { applyDecorators, HttpStatus } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import { errorCodes, type ErrorCode } from '#libs/errors';
import { errorBody } from '../http/error-body.js';
import { httpStatuses } from '../http/http-status.js';

type Schema = Record<string, unknown>;

export const schemaRef = (name: string): { $ref: string } => ({ $ref: `#/components/schemas/${name}` });

const jsonType = 'application/json';

const correlationHeader = {
  'X-Correlation-ID': { description: "The request's, or the one made for it", schema: { type: 'string' } },
} as const;

const lockedHeaders = {
  'Retry-After': { description: 'LOCKED: seconds', schema: { type: 'string' } },
  Link: { description: 'LOCKED: the operation that holds the lock, as `related`', schema: { type: 'string' } },
} as const;

interface Body {
  schema: string;
  example: unknown;
}

export interface RouteDescription {
  operationId: string;
  summary: string;
  description?: string;
  /** name of the component, and an example; an answer without a body has neither */
  ok: {
    description: string;
    schema?: string;
    example?: unknown;
    status?: HttpStatus;
    mediaType?: string;
    /** beside that of every answer */
    headers?: Record<string, { description: string; schema: Schema }>;
  };
  body?: Body;
  /** bodies of other media types that the route takes as well */
  uploads?: Record<string, Body>;
  query?: { dataClass: new () => object; parameters: Record<string, { description: string; example?: unknown }> };
  /** beside those of every route that needs credentials */
  errors: ErrorCode[];
  /** more answers that are no errors */
  more?: MethodDecorator[];
  /** of a facade that does not answer errors as OCS and admin do */
  errorShape?: ErrorShape;
}

/** How a facade's errors look: the name of the component, and an example for each code. */
export interface ErrorShape {
  schema: string;
  example: (code: ErrorCode) => unknown;
}

/** METHOD_NOT_ALLOWED: a parameter with a slash makes another path. */
const errorsOfEveryRoute: ErrorCode[] = [
  'UNAUTHENTICATED',
  'METHOD_NOT_ALLOWED',
  'INTERNAL_ERROR',
  'DATABASE_UNAVAILABLE',
  'DRAINING',
];

/** Everything OpenAPI tells about a route that needs credentials. */
export function Describe(route: RouteDescription): MethodDecorator {
  const { operationId, summary, description } = route;
  return applyDecorators(
    ApiOperation({
      operationId,
      summary,
      ...(description !== undefined && { description }),
      ...describeUploads(route),
    }),
    ...(route.body && !route.uploads ? [describeBody(route.body)] : []),
    ...(route.query ? describeQuery(route.query) : []),
    ApiResponse({
      status: route.ok.status ?? HttpStatus.OK,
      description: route.ok.description,
      headers: { ...correlationHeader, ...route.ok.headers },
      ...describeAnswer(route.ok),
    }),
    ...(route.more ?? []),
    ...describeErrors([...errorsOfEveryRoute, ...route.errors], route.errorShape),
  );
}

function describeAnswer({ schema, example, mediaType = jsonType }: RouteDescription['ok']): object {
  return schema === undefined ? {} : { content: { [mediaType]: { schema: schemaRef(schema), example } } };
}

/** A request body that has a schema for each media type; ApiBody knows one for all. */
function describeUploads({ body, uploads }: RouteDescription): object {
  if (!uploads) return {};
  const bodies = Object.entries({ ...(body && { [jsonType]: body }), ...uploads });
  const content = bodies.map(([type, { schema, example }]) => [type, { schema: schemaRef(schema), example }] as const);
  return { requestBody: { required: true, content: Object.fromEntries(content) } };
}

function describeBody({ schema, example }: Body): MethodDecorator {
  return ApiBody({ required: true, schema: schemaRef(schema), examples: { example: { value: example } } });
}

/** One parameter for each property that the class validates. */
function describeQuery({ dataClass, parameters }: NonNullable<RouteDescription['query']>): MethodDecorator[] {
  const { properties = {}, required = [] } = targetConstructorToSchema(dataClass) as {
    properties?: Record<string, Schema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) =>
    ApiQuery({ name, required: required.includes(name), schema, ...parameters[name] }),
  );
}

/** One response per status, with an example for each code it may carry. */
export function describeErrors(codes: ErrorCode[], { schema, example }: ErrorShape = ownShape): MethodDecorator[] {
  const byStatus = Map.groupBy(new Set(codes), (code) => httpStatuses[code]);
  return [...byStatus].map(([status, its]) =>
    ApiResponse({
      status,
      description: its.join(', '),
      headers: { ...correlationHeader, ...(its.includes('LOCKED') && lockedHeaders) },
      content: {
        'application/json': {
          schema: schemaRef(schema),
          examples: Object.fromEntries(its.map((code) => [code, { value: example(code) }])),
        },
      },
    }),
  );
}

const ownShape: ErrorShape = { schema: 'Error', example: exampleOf };

function exampleOf(code: ErrorCode): unknown {
  const details =
    code === 'REQUEST_INVALID' ? { problems: [{ field: 'sim.iccid', problem: 'iccid must be a string' }] } : {};
  const error = { code, message: errorCodes[code].message };
  return errorBody(code === 'REQUEST_INVALID' ? { ...error, details } : error, '0199f1de-7a3b-4c11-9d52-6a8f0c1e2b3d');
}

import { commands, mandatoryFields, namedSchemas, type CommandName, type JsonSchema } from '#libs/contracts';
import { errorCodes } from '#libs/errors';
import { operationStatuses } from '#libs/operations';
import { callbackSchemas } from '../admin/callback-view.js';
import { lockSchemas } from '../admin/lock-schemas.js';
import { bulkSchemas } from '../bulk/bulk-schemas.js';
import { hubSchemas } from '../cmo/hub/hub-schemas.js';
import { monitorSchemas } from '../cmo/monitors/monitor-schemas.js';
import { productSchemas } from '../cmo/products/product-schemas.js';
import { floliveSchemas } from '../flolive/flolive-schemas.js';
import { hybrisSchemas } from '../hybris/describe-orders.js';
import { platformCallbackSchemas } from '../platform-callbacks/describe-callback.js';
import { tmf640Schemas } from '../tmf640/tmf640-schemas.js';
import { schemaRef } from './describe.js';

/** Schemas of OpenAPI's components: those of the classes that validate, and of what the gateway answers. */
export function componentSchemas(): Record<string, object> {
  const { CommandOutcome: _outcome, EntityChanged: changed = {}, ...ofClasses } = namedSchemas();
  const names = Object.keys(commands) as CommandName[];
  const ofCommands = names.map((name) => [name, withMandatory(name, ofClasses[name] ?? {})] as const);
  return {
    ...ofClasses,
    ...Object.fromEntries(ofCommands),
    BusinessTransaction: businessTransaction(changed),
    Accepted: accepted,
    Resources: resources,
    OperationSummary: operationSummary,
    Operation: {
      ...operationSummary,
      properties: { ...operationSummary.properties, request: anObject, response: anObject },
    },
    OperationPage: operationPage,
    ...lockSchemas,
    ...floliveSchemas,
    ...bulkSchemas,
    ...hybrisSchemas,
    ...tmf640Schemas,
    ...productSchemas,
    ...hubSchemas,
    ...callbackSchemas,
    ...monitorSchemas,
    ...platformCallbackSchemas,
    TokenRequest: tokenRequest,
    Token: token,
    TokenError: tokenError,
    Error: error,
  };
}

const text = { type: 'string' } as const;
const uuid = { type: 'string', format: 'uuid' } as const;
const moment = { type: 'string', format: 'date-time' } as const;
const anObject = { type: 'object', additionalProperties: true } as const;

/** The classes leave them optional, as each has an error code of its own. */
function withMandatory(name: CommandName, schema: JsonSchema): JsonSchema {
  return { ...schema, required: [...new Set([...(schema.required ?? []), ...mandatoryFields(name)])] };
}

/** An answer has the attributes of the published change, the header once and the entities in their order. */
function businessTransaction({ properties = {} }: JsonSchema): JsonSchema {
  const { businessTransaction: header = {}, sequence: _, ...ofEntity } = properties;
  const entities = { type: 'array', items: { type: 'object', properties: ofEntity } } as const;
  return {
    type: 'object',
    properties: { businessTransaction: { ...header, properties: { ...header.properties, entities } } },
    required: ['businessTransaction'],
  };
}

const accepted = {
  type: 'object',
  description: 'The write is committed and will be carried out; the operation tells its end.',
  properties: { operationId: uuid, status: { type: 'string', enum: ['ACCEPTED', 'IN_PROGRESS'] } },
  required: ['operationId', 'status'],
} as const;

const resources = {
  type: 'object',
  properties: {
    subscriber: { type: 'object', properties: { refId: uuid, externalId: text, state: text } },
    resources: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          id: uuid,
          type: text,
          value: text,
          version: { type: 'integer' },
          validFrom: moment,
          validTo: { type: ['string', 'null'], format: 'date-time', description: 'null: it is in use' },
        },
      },
    },
    page: { type: 'integer', minimum: 0 },
    size: { type: 'integer', minimum: 1 },
    total: { type: 'integer', minimum: 0, description: 'over all pages' },
  },
  required: ['subscriber', 'resources', 'page', 'size', 'total'],
} as const;

const operationError = {
  type: 'object',
  description: 'why it did not complete; the codes are in docs/errors.md',
  properties: { code: text, message: text, details: anObject },
  required: ['code', 'message'],
} as const;

const operationSummary = {
  type: 'object',
  properties: {
    operationId: uuid,
    status: { type: 'string', enum: operationStatuses },
    action: { ...text, description: 'name of the command' },
    facade: { ...text, description: '`ocs`, or `kafka` for commands that came from there' },
    tenant: text,
    accountId: { ...text, description: 'account of the actor' },
    actor: text,
    commandId: text,
    commandSource: text,
    entityType: text,
    entityId: text,
    requestId: text,
    transactionId: text,
    correlationId: text,
    causationId: text,
    replayOf: text,
    businessTransactionId: uuid,
    error: operationError,
    source: {
      type: 'object',
      description: 'where the command is in Kafka',
      properties: { topic: text, partition: { type: 'integer' }, offset: text },
    },
    createdAt: moment,
    updatedAt: moment,
    deadline: moment,
  },
  required: ['operationId', 'status', 'action', 'facade', 'tenant', 'accountId', 'actor', 'correlationId', 'createdAt'],
} as const;

const operationPage = {
  type: 'object',
  properties: {
    operations: { type: 'array', items: schemaRef('OperationSummary') },
    nextCursor: { ...uuid, description: 'absent on the last page' },
  },
  required: ['operations'],
} as const;

const tokenRequest = {
  type: 'object',
  properties: {
    grant_type: { type: 'string', enum: ['client_credentials'] },
    client_id: { ...text, description: 'unless given by HTTP Basic' },
    client_secret: { ...text, description: 'unless given by HTTP Basic' },
    scope: { ...text, description: "scopes by space; all of the client's when absent" },
  },
  required: ['grant_type'],
} as const;

const token = {
  type: 'object',
  properties: {
    access_token: text,
    token_type: { type: 'string', enum: ['Bearer'] },
    expires_in: { type: 'integer', description: 'seconds' },
    scope: text,
  },
  required: ['access_token', 'token_type', 'expires_in'],
} as const;

const tokenErrors = [
  'invalid_request',
  'invalid_client',
  'unsupported_grant_type',
  'invalid_scope',
  'temporarily_unavailable',
] as const;

const tokenError = {
  type: 'object',
  properties: { error: { type: 'string', enum: tokenErrors }, error_description: text },
  required: ['error'],
} as const;

const error = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: {
        code: { type: 'string', enum: Object.keys(errorCodes) },
        message: text,
        details: anObject,
        correlationId: text,
      },
      required: ['code', 'message', 'correlationId'],
    },
  },
  required: ['error'],
} as const;

import { deliveryStates, type Delivery } from '#libs/callbacks';
import { schemaRef } from '../openapi/describe.js';

/** A delivery as JSON; what it does not have is left out. */
export function callbackView({ tenantId, log, ...delivery }: Delivery): Record<string, unknown> {
  const view = { ...delivery, tenant: tenantId };
  const told = Object.fromEntries(Object.entries(view).filter(([, value]) => value !== null));
  const attemptLog = log.map((attempt) =>
    Object.fromEntries(Object.entries(attempt).filter(([, value]) => value !== null)),
  );
  return { ...told, log: attemptLog };
}

const text = { type: 'string' } as const;
const uuid = { type: 'string', format: 'uuid' } as const;
const moment = { type: 'string', format: 'date-time' } as const;
const count = { type: 'integer', minimum: 0 } as const;

const attempt = {
  type: 'object',
  properties: {
    number: { ...count, description: 'one that was cut off by the end of its process is missing' },
    attemptedAt: moment,
    status: { ...count, description: 'HTTP; absent where no answer came' },
    durationMs: count,
    error: { ...text, description: 'absent of the one that was delivered' },
  },
  required: ['number', 'attemptedAt', 'durationMs'],
} as const;

const callback = {
  type: 'object',
  properties: {
    deliveryId: { ...uuid, description: "the event's id" },
    tenant: text,
    accountId: { ...text, description: 'account of the client' },
    clientId: text,
    operationId: uuid,
    subscriptionId: { ...uuid, description: 'absent where the URL came with the request' },
    url: text,
    state: { ...text, enum: deliveryStates },
    attempts: count,
    dueAt: { ...moment, description: 'of the next attempt, or when the one under way is taken for lost' },
    lastStatus: count,
    lastError: text,
    createdAt: moment,
    endedAt: moment,
    log: { type: 'array', items: attempt },
  },
  required: [
    'deliveryId',
    'tenant',
    'accountId',
    'clientId',
    'operationId',
    'url',
    'state',
    'attempts',
    'createdAt',
    'log',
  ],
} as const;

/** OpenAPI's components of callbacks to callers. */
export const callbackSchemas: Record<string, object> = {
  Callback: callback,
  CallbackPage: {
    type: 'object',
    properties: {
      callbacks: { type: 'array', items: schemaRef('Callback') },
      nextCursor: { ...uuid, description: 'absent on the last page' },
    },
    required: ['callbacks'],
  },
};

import type { JsonSchema } from '#libs/contracts';
import { facades } from '#libs/locks';
import { schemaRef } from '../openapi/describe.js';
import { lockEntityTypes } from './locks-query.js';

const text = { type: 'string' } as const;
const moment = { type: 'string', format: 'date-time' } as const;

const lock: JsonSchema = {
  type: 'object',
  properties: {
    fencingToken: { ...text, description: 'a number that grows with each lock that is taken' },
    level: { type: 'string', enum: ['user-action', 'entity'] },
    operationId: { type: 'string', format: 'uuid', description: 'who holds it' },
    username: text,
    facade: { type: 'string', enum: facades },
    action: { ...text, description: 'name of the command; of a bulk, what its items do' },
    entity: {
      type: 'object',
      description: 'absent where a user’s action is locked',
      properties: { type: { type: 'string', enum: lockEntityTypes }, id: text },
      required: ['type', 'id'],
    },
    tenant: text,
    accountId: { ...text, description: 'account of the user' },
    acquiredAt: moment,
    expiresAt: { ...moment, description: 'deadline of the operation' },
  },
  required: [
    'fencingToken',
    'level',
    'operationId',
    'username',
    'facade',
    'action',
    'tenant',
    'accountId',
    'acquiredAt',
    'expiresAt',
  ],
};

/** OpenAPI's components of locks. */
export const lockSchemas: Record<string, JsonSchema> = {
  Lock: lock,
  LockPage: {
    type: 'object',
    properties: {
      locks: { type: 'array', items: schemaRef('Lock') },
      nextCursor: { ...text, description: 'absent on the last page' },
    },
    required: ['locks'],
  },
};

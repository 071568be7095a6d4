import { entityTypes, outcomeStatuses } from './change.js';

/*
 * Events are written by Simyard, so no class validates them: their schemas stand here by hand, and the unit test
 * fails to compile when a schema and its interface in change.ts disagree.
 */

const uuid = { type: 'string', format: 'uuid' } as const;
const moment = { type: 'string', format: 'date-time', description: 'RFC 3339, UTC, milliseconds' } as const;

/** Schema of the interface CommandOutcome. */
export const commandOutcomeSchema = {
  type: 'object',
  properties: {
    commandId: { type: 'string', description: 'ce_id of the command' },
    operationId: uuid,
    status: { type: 'string', enum: outcomeStatuses },
    error: {
      type: 'object',
      description: 'why the command was REJECTED or FAILED; the codes are in docs/errors.md',
      properties: {
        code: { type: 'string' },
        message: { type: 'string' },
        details: { type: 'object' },
      },
      required: ['code', 'message'],
    },
    businessTransactionId: { ...uuid, description: 'of the changes, when the command changed something' },
  },
  required: ['commandId', 'operationId', 'status'],
} as const;

const businessTransactionSchema = {
  type: 'object',
  description: 'what all changes of one command share',
  properties: {
    id: uuid,
    type: { type: 'string', description: 'name of the command' },
    operationId: uuid,
    commandId: { type: 'string' },
    requestId: { type: 'string' },
    transactionId: { type: 'string' },
    correlationId: { type: 'string' },
    tenant: { type: 'string' },
    accountId: { type: 'string', description: 'account of the entity' },
    actor: { type: 'string' },
    occurredAt: moment,
    entityCount: { type: 'integer', minimum: 1 },
  },
  required: [
    'id',
    'type',
    'operationId',
    'commandId',
    'correlationId',
    'tenant',
    'accountId',
    'actor',
    'occurredAt',
    'entityCount',
  ],
} as const;

/** Schema of the interface EntityChanged. */
export const entityChangedSchema = {
  type: 'object',
  properties: {
    businessTransaction: businessTransactionSchema,
    sequence: { type: 'integer', minimum: 1, description: '1 to entityCount' },
    entityType: { type: 'string', enum: entityTypes },
    entityId: { type: 'string' },
    version: { type: 'integer', minimum: 1, description: 'from 1, without gaps per entity' },
    operation: { type: 'string', enum: ['CREATED', 'UPDATED', 'DELETED'] },
    before: { type: ['object', 'null'], description: 'the entity before; null when it was created' },
    after: { type: ['object', 'null'], description: 'the entity after; null when it was deleted' },
  },
  required: ['businessTransaction', 'sequence', 'entityType', 'entityId', 'version', 'operation', 'before', 'after'],
} as const;

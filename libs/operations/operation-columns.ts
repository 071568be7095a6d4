import type { OperationRow } from './operation.js';

/** Column, type and attribute of everything an operation is inserted with. */
export const operationColumns = [
  ['operation_id', 'uuid', 'operationId'],
  ['tenant_id', 'text', 'tenantId'],
  ['account_id', 'text', 'accountId'],
  ['actor', 'text', 'actor'],
  ['client_id', 'text', 'clientId'],
  ['facade', 'text', 'facade'],
  ['action', 'text', 'action'],
  ['status', 'text', 'status'],
  ['command_id', 'text', 'commandId'],
  ['command_source', 'text', 'commandSource'],
  ['entity_type', 'text', 'entityType'],
  ['entity_id', 'text', 'entityId'],
  ['request_id', 'text', 'requestId'],
  ['transaction_id', 'text', 'transactionId'],
  ['correlation_id', 'text', 'correlationId'],
  ['causation_id', 'text', 'causationId'],
  ['replay_of', 'text', 'replayOf'],
  ['business_transaction_id', 'uuid', 'businessTransactionId'],
  ['request', 'text', 'request'],
  ['response', 'text', 'response'],
  ['error', 'text', 'error'],
  ['source_topic', 'text', 'sourceTopic'],
  ['source_partition', 'integer', 'sourcePartition'],
  ['source_offset', 'bigint', 'sourceOffset'],
  ['created_at', 'timestamptz', 'createdAt'],
  ['updated_at', 'timestamptz', 'updatedAt'],
  ['deadline', 'timestamptz', 'deadline'],
] as const satisfies [string, string, keyof OperationRow][];

export const columnNames = operationColumns.map(([column]) => column).join(', ');

import { v7 as uuidv7 } from 'uuid';
import { gatewaySource } from '#libs/contracts';
import type { LockingOperation } from '#libs/locks';
import type { OperationRow } from '#libs/operations';

/** An operation as the gateway has it after admission, with a deadline in a minute. */
export function operationRow(changes: Partial<OperationRow> = {}): OperationRow {
  const createdAt = changes.createdAt ?? new Date();
  const operationId = changes.operationId ?? uuidv7({ msecs: createdAt.getTime() });
  return {
    ...{ operationId, tenantId: 'ACME', accountId: 'ACME', actor: 'acme-crm', clientId: 'client', facade: 'ocs' },
    ...{ action: 'SwapSubscriberResource', status: 'ACCEPTED', commandId: operationId, commandSource: gatewaySource },
    ...{ entityType: null, entityId: null, requestId: operationId, transactionId: null, correlationId: operationId },
    ...{ causationId: null, replayOf: null, businessTransactionId: null, request: null, response: null, error: null },
    ...{ sourceTopic: null, sourcePartition: null, sourceOffset: null, createdAt, updatedAt: createdAt },
    deadline: new Date(createdAt.getTime() + 60_000),
    ...changes,
  };
}

/** What the operation's locks say of it. */
export const lockingOf = (row: OperationRow): LockingOperation => ({
  operationId: row.operationId,
  tenantId: row.tenantId,
  accountId: row.accountId,
  username: row.actor,
  facade: 'ocs',
  action: row.action,
  expiresAt: row.deadline ?? row.createdAt,
});

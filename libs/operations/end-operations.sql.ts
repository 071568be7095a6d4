import { texts, timestamps, uuids, type Tx } from '#libs/postgres';
import { byIds, idsAndBounds, notEnded } from './by-ids.js';
import type { OperationEnd, OperationStatus } from './operation.js';

export interface LockedOperation {
  operationId: string;
  tenantId: string;
  actor: string;
  action: string;
  commandId: string;
  correlationId: string;
  status: OperationStatus;
  /** its deadline had passed when the transaction began */
  expired: boolean;
}

/**
 * Locks operations in id order and returns those that exist. The row is the fence: a handler does nothing for an
 * operation that has ended.
 */
export function lockOperations(tx: Tx, operationIds: string[]): Promise<LockedOperation[]> {
  if (operationIds.length === 0) return Promise.resolve([]);
  return tx.query<LockedOperation>(
    `select operation_id as "operationId", tenant_id as "tenantId", actor, action,
       command_id as "commandId", correlation_id as "correlationId", status,
       coalesce(deadline < now(), false) as expired
     from operations.operation
     where ${byIds(1)}
     order by operation_id
     for update`,
    idsAndBounds(operationIds),
  );
}

/** Operations that are worked on from now, and end later. One that has ended stays so. */
export async function startOperations(tx: Tx, operationIds: string[]): Promise<void> {
  if (operationIds.length === 0) return;
  await tx.write(
    `update operations.operation set status = 'IN_PROGRESS', updated_at = clock_timestamp()
     where ${byIds(1)} and ${notEnded()} and status <> 'IN_PROGRESS'`,
    idsAndBounds(operationIds),
  );
}

/**
 * Ends open operations, each named once, and frees their locks, in one statement. One that had ended before stays so, and
 * holds no locks any more.
 */
export async function endOperations(tx: Tx, ends: OperationEnd[]): Promise<void> {
  if (ends.length === 0) return;
  await tx.write(
    `with freed as (delete from operations.lock where operation_id = any((select $1::uuid[])::uuid[]))
     update operations.operation as operation
     set status = ended.status, business_transaction_id = ended.business_transaction_id,
         response = ended.response, error = ended.error, updated_at = ended.ended_at,
         entity_type = coalesce(ended.entity_type, operation.entity_type),
         entity_id = coalesce(ended.entity_id, operation.entity_id)
     from unnest($1::uuid[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::timestamptz[], $9::text[],
                 $10::text[])
       as ended (operation_id, status, business_transaction_id, response, error, ended_at, entity_type, entity_id)
     where operation.operation_id = ended.operation_id
       and ${byIds(1, 'operation.operation_id')}
       and ${notEnded('operation.status')}`,
    [
      ...idsAndBounds(ends.map((end) => end.operationId)),
      texts(ends.map((end) => end.status)),
      uuids(ends.map((end) => end.businessTransactionId)),
      texts(ends.map((end) => end.response)),
      texts(ends.map((end) => end.error)),
      timestamps(ends.map((end) => end.endedAt)),
      texts(ends.map((end) => end.entityType ?? null)),
      texts(ends.map((end) => end.entityId ?? null)),
    ],
  );
}

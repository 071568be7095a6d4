import { byIds, idsAndBounds, notEnded, type EndedOperation } from '#libs/operations';
import type { Tx } from '#libs/postgres';

/** Locks the operations of jobs that are still open, in id order. */
export function lockJobOperations(tx: Tx, jobIds: string[]): Promise<EndedOperation[]> {
  return tx.query<EndedOperation>(
    `select operation_id as "operationId", command_id as "commandId", command_source as "commandSource", action,
       tenant_id as "tenantId", actor, correlation_id as "correlationId"
     from operations.operation
     where ${byIds(1)} and ${notEnded()}
     order by operation_id
     for update`,
    idsAndBounds(jobIds),
  );
}

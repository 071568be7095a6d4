import { errorCodes } from '#libs/errors';
import type { Tx } from '#libs/postgres';
import { byIds, idsAndBounds, notEnded } from './by-ids.js';
import type { OperationError } from './operation.js';

const timedOut = { code: 'OPERATION_TIMED_OUT', message: errorCodes.OPERATION_TIMED_OUT.message };

/** An operation that has just been ended by other than its command, with what the command's outcome is made of. */
export interface EndedOperation {
  operationId: string;
  commandId: string;
  commandSource: string;
  action: string;
  tenantId: string;
  actor: string;
  correlationId: string;
}

/**
 * Locks those of the operations that are open though their deadline had passed when the transaction began, for who will
 * end them in this transaction. Never waits: one that is being handled or ended is left. Returns the ids.
 */
export async function lockExpired(tx: Tx, operationIds: string[]): Promise<string[]> {
  if (operationIds.length === 0) return [];
  const rows = await tx.query<{ operationId: string }>(
    `select operation_id as "operationId" from operations.operation
     where ${byIds(1)} and ${notEnded()} and deadline < now()
     for update skip locked`,
    idsAndBounds(operationIds),
  );
  return rows.map(({ operationId }) => operationId);
}

/** Which open operations to end: those whose deadline has passed, of these only, where ids are given. */
export interface Expired {
  limit: number;
  operationIds?: string[];
}

/**
 * Ends open operations whose deadline had passed when the transaction began as TIMED_OUT, and frees their locks. One whose
 * row is locked, as its command is being handled, is left: this never waits.
 */
export function expireOperations(tx: Tx, { limit, operationIds }: Expired): Promise<EndedOperation[]> {
  // now() and not clock_timestamp(): a stable function can use the index on the deadline.
  const chosen = operationIds === undefined ? `status in ('ACCEPTED', 'IN_PROGRESS')` : `${byIds(4)} and ${notEnded()}`;
  return end(tx, `${chosen} and deadline < now() order by deadline limit $3 for update skip locked`, [
    'TIMED_OUT',
    JSON.stringify(timedOut),
    limit,
    ...(operationIds === undefined ? [] : idsAndBounds(operationIds)),
  ]);
}

/** Ends those of the operations that are open as CANCELLED, and frees their locks. Waits for one that is being handled. */
export function endCancelled(tx: Tx, operationIds: string[], error: OperationError): Promise<EndedOperation[]> {
  if (operationIds.length === 0) return Promise.resolve([]);
  return end(tx, `${byIds(3)} and ${notEnded()} order by operation_id for update`, [
    'CANCELLED',
    JSON.stringify(error),
    ...idsAndBounds(operationIds),
  ]);
}

/** `chosen` is the where clause that selects open ones and locks them; $1 is the new status, $2 the error. */
function end(tx: Tx, chosen: string, parameters: unknown[]): Promise<EndedOperation[]> {
  return tx.query<EndedOperation>(
    `with open as (
       select operation_id from operations.operation where ${chosen}
     ), freed as (
       delete from operations.lock using open where lock.operation_id = open.operation_id
     )
     update operations.operation as operation
     set status = $1, error = $2, updated_at = clock_timestamp()
     from open
     where operation.operation_id = open.operation_id
     returning operation.operation_id as "operationId", command_id as "commandId", command_source as "commandSource",
       action, tenant_id as "tenantId", actor, correlation_id as "correlationId"`,
    parameters,
  );
}

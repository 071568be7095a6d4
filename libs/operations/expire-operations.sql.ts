import { errorCodes } from '#libs/errors';
import type { Tx } from '#libs/postgres';

const timedOut = JSON.stringify({ code: 'OPERATION_TIMED_OUT', message: errorCodes.OPERATION_TIMED_OUT.message });

/** An operation that has just been ended, with what its command's outcome is made of. */
export interface ExpiredOperation {
  operationId: string;
  commandId: string;
  commandSource: string;
  action: string;
  tenantId: string;
  actor: string;
  correlationId: string;
}

/** Ends up to `limit` open operations whose deadline has passed as TIMED_OUT. One that is being handled is left. */
export function expireOperations(tx: Tx, limit: number): Promise<ExpiredOperation[]> {
  // now() and not clock_timestamp(): a stable function can use the index on the deadline.
  return tx.query<ExpiredOperation>(
    `with expired as (
       select operation_id from operations.operation
       where status in ('ACCEPTED', 'IN_PROGRESS') and deadline < now()
       order by deadline limit $1
       for update skip locked
     )
     update operations.operation as operation
     set status = 'TIMED_OUT', error = $2, updated_at = clock_timestamp()
     from expired
     where operation.operation_id = expired.operation_id
     returning operation.operation_id as "operationId", command_id as "commandId", command_source as "commandSource",
       action, tenant_id as "tenantId", actor, correlation_id as "correlationId"`,
    [limit, timedOut],
  );
}

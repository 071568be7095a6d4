import { uuids, type Tx } from '#libs/postgres';
import { notSettled } from './not-settled.js';

/**
 * Marks ended requests as settled, as the monitor has recorded what their platforms have. One that FAILED though an attempt
 * may have had effect is left: it is settled once its platform has been asked, and that was recorded.
 */
export async function settleRequests(tx: Tx, operationIds: string[]): Promise<void> {
  if (operationIds.length === 0) return;
  await tx.write(
    `with ended as materialized (
       select operation_id from platforms.request
       where operation_id = any((select $1::uuid[])::uuid[]) and state in ('DONE', 'FAILED') and ${notSettled} and not uncertain
       order by operation_id for update
     )
     update platforms.request as request
     set settled = true, due_at = null, updated_at = clock_timestamp()
     from ended where request.operation_id = ended.operation_id`,
    [uuids(operationIds)],
  );
}

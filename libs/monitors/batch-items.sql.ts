import type { EndedItemStatus } from '#libs/bulk';
import type { OperationError, OperationStatus } from '#libs/operations';
import { uuids, type Tx } from '#libs/postgres';

/** A product of a batch. */
export interface BatchItem {
  jobId: string;
  operationId: string;
  productId: string;
  status: OperationStatus;
  error: OperationError | null;
}

interface ItemRow extends Omit<BatchItem, 'status'> {
  result: EndedItemStatus | null;
  operation: OperationStatus | null;
}

/**
 * The products of batches in their order. One that has ended tells so from the same moment as its operation, before the job
 * has counted it.
 */
export async function readBatchItems(tx: Tx, jobIds: string[]): Promise<BatchItem[]> {
  if (jobIds.length === 0) return [];
  const rows = await tx.query<ItemRow>(
    `select item.job_id as "jobId", item.operation_id as "operationId", item.item_key as "productId",
       result.status as result, operation.status as operation, coalesce(result.error, operation.error)::json as error
     from bulk.item
     left join lateral (
       select status, error from bulk.item_result
       where job_id = item.job_id and ordinal = item.ordinal limit 1) as result on true
     left join lateral (
       select status, error from operations.operation
       where operation_id = item.operation_id and result.status is null limit 1) as operation on true
     where item.job_id = any($1::uuid[])
     order by item.job_id, item.ordinal`,
    [uuids(jobIds)],
  );
  return rows.map(({ result, operation, ...item }) => ({ ...item, status: result ?? operation ?? 'ACCEPTED' }));
}

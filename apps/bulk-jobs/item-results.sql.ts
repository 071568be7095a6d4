import type { EndedItemStatus } from '#libs/bulk';
import { integers, rowsOf, texts, uuids, type Tx } from '#libs/postgres';

/** How an item ended. */
export interface ItemResult {
  jobId: string;
  ordinal: number;
  status: EndedItemStatus;
  /** JSON text */
  error: string | null;
}

/** Inserts results; a second one of an item is a fault, and fails on the key. */
export async function insertResults(tx: Tx, results: ItemResult[]): Promise<void> {
  if (results.length === 0) return;
  await tx.execute(
    `insert into bulk.item_result (job_id, ordinal, status, error, ended_at)
     select *, clock_timestamp() from ${rowsOf(['uuid', 'integer', 'text', 'text'])} as result`,
    [
      uuids(results.map((result) => result.jobId)),
      integers(results.map((result) => result.ordinal)),
      texts(results.map((result) => result.status)),
      texts(results.map((result) => result.error)),
    ],
  );
}

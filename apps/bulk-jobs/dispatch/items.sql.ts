import { byIds, idsAndBounds } from '#libs/operations';
import { integers, rowsOf, texts, uuids, type Tx } from '#libs/postgres';

export interface ItemInFlight {
  operationId: string;
  jobId: string;
  ordinal: number;
  /** of the SIM that the item changes there; null for an item that no platform has to do with */
  platform: string | null;
}

/** Items that were sent and not settled yet: as many as the window, and as many again for each platform, at most. */
export function readInFlight(tx: Tx): Promise<ItemInFlight[]> {
  return tx.query<ItemInFlight>(
    'select operation_id as "operationId", job_id as "jobId", ordinal, platform from bulk.in_flight',
  );
}

export interface OperationEnding {
  operationId: string;
  status: 'COMPLETED' | 'COMPLETED_WITH_ERRORS' | 'FAILED' | 'CANCELLED' | 'TIMED_OUT';
  /** JSON text */
  error: string | null;
}

/** An operation that has ended, or that goes on at a platform. */
export type OperationProgress = OperationEnding | { operationId: string; status: 'IN_PROGRESS' };

/** Those of these operations that somebody has taken up. */
export async function readProgress(tx: Tx, operationIds: string[]): Promise<OperationProgress[]> {
  if (operationIds.length === 0) return [];
  return tx.query<OperationProgress>(
    `select operation_id as "operationId", status, error from operations.operation
     where ${byIds(1)} and status <> 'ACCEPTED'`,
    idsAndBounds(operationIds),
  );
}

export async function insertInFlight(tx: Tx, items: ItemInFlight[]): Promise<void> {
  if (items.length === 0) return;
  await tx.execute(
    `insert into bulk.in_flight (operation_id, job_id, ordinal, platform)
     ${rowsOf(['uuid', 'uuid', 'integer', 'text'])}`,
    [
      uuids(items.map((item) => item.operationId)),
      uuids(items.map((item) => item.jobId)),
      integers(items.map((item) => item.ordinal)),
      texts(items.map((item) => item.platform)),
    ],
  );
}

export async function deleteInFlight(tx: Tx, operationIds: string[]): Promise<void> {
  if (operationIds.length === 0) return;
  await tx.execute('delete from bulk.in_flight where operation_id = any($1::uuid[])', [uuids(operationIds)]);
}

export interface PendingItem extends Omit<ItemInFlight, 'platform'> {
  /** JSON text; null when it has its result already, as it does not fit its action */
  data: string | null;
}

/** The next items of a job: at most `count` after the ordinal `after`. */
export interface ItemRange {
  jobId: string;
  after: number;
  count: number;
}

export async function readPendingItems(tx: Tx, wanted: ItemRange[]): Promise<PendingItem[]> {
  if (wanted.length === 0) return [];
  // With a limit of its own each job's part is a look along the key, whatever the planner expects of the table.
  return tx.query<PendingItem>(
    `select next.operation_id as "operationId", wanted.job_id as "jobId", next.ordinal, next.data
     from unnest($1::uuid[], $2::int[], $3::int[]) as wanted (job_id, after, count)
     cross join lateral (
       select operation_id, ordinal, data from bulk.item
       where item.job_id = wanted.job_id and item.ordinal > wanted.after
       order by item.ordinal limit wanted.count) as next`,
    rangeArrays(wanted),
  );
}

/**
 * Ends the next items of jobs, at most `count` after the ordinal `after`, as CANCELLED, but those that have their result
 * already; returns how many of each job.
 */
export async function cancelItems(tx: Tx, wanted: ItemRange[], error: string): Promise<Map<string, number>> {
  if (wanted.length === 0) return new Map();
  const rows = await tx.query<{ jobId: string; items: number }>(
    `with ended as (
       insert into bulk.item_result (job_id, ordinal, status, error, ended_at)
       select wanted.job_id, next.ordinal, 'CANCELLED', $4, clock_timestamp()
       from unnest($1::uuid[], $2::int[], $3::int[]) as wanted (job_id, after, count)
       cross join lateral (
         select ordinal, data from bulk.item
         where item.job_id = wanted.job_id and item.ordinal > wanted.after
         order by item.ordinal limit wanted.count) as next
       where next.data is not null
       returning job_id
     )
     select job_id as "jobId", count(*)::int as items from ended group by job_id`,
    [...rangeArrays(wanted), error],
  );
  return new Map(rows.map(({ jobId, items }) => [jobId, items]));
}

const rangeArrays = (ranges: ItemRange[]): Buffer[] => [
  uuids(ranges.map(({ jobId }) => jobId)),
  integers(ranges.map(({ after }) => after)),
  integers(ranges.map(({ count }) => count)),
];

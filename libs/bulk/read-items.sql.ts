import type { OperationError } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import type { Item, ItemStatus } from './job.js';
import { jobInTree } from './read-jobs.sql.js';

export interface ItemFilter {
  status?: ItemStatus;
  /** the last ordinal of the page before; 0 for the first page */
  after: number;
  /** rows of a page */
  limit: number;
}

const ended = `select ordinal from bulk.item_result where job_id = $2 and status = $5 and ordinal > $3
  order by ordinal limit $4`;

/** Ordinals of a page, after $3 and at most $4. */
const pageOf: Record<ItemStatus | 'ANY', string> = {
  ANY: `select ordinal from bulk.item where job_id = $2 and ordinal > $3 and $5::text is null order by ordinal limit $4`,
  PENDING: `(select ordinal from bulk.held where job_id = $2 and ordinal > $3 order by ordinal limit $4)
    union all
    (select item.ordinal from bulk.item
    where item.job_id = $2 and item.data is not null and $5::text is not null
      and item.ordinal > greatest($3, (select dispatched from bulk.job where job_id = $2))
    order by item.ordinal limit $4)
    order by ordinal limit $4`,
  IN_FLIGHT: `select ordinal from bulk.in_flight where job_id = $2 and ordinal > $3 and $5::text is not null
    order by ordinal limit $4`,
  COMPLETED: ended,
  FAILED: ended,
  CANCELLED: ended,
};

const statusColumn = `coalesce(result.status, case when in_flight.operation_id is null then 'PENDING' else 'IN_FLIGHT' end)`;

/**
 * Items of a job of the tree under `accountId` (null: any account) in their order: a page of them. With their limits the
 * joins stay looks by the key, whatever the planner expects of a page.
 */
export function listItems(tx: Tx, accountId: string | null, jobId: string, filter: ItemFilter): Promise<Item[]> {
  return tx.query<Item>(
    `select item.ordinal, item.item_key as key, item.operation_id as "operationId", ${statusColumn} as status,
       result.error::json, result.ended_at as "endedAt"
     from (${pageOf[filter.status ?? 'ANY']}) as page
     cross join lateral (
       select * from bulk.item where job_id = $2 and ordinal = page.ordinal limit 1) as item
     left join lateral (
       select * from bulk.item_result where job_id = $2 and ordinal = page.ordinal limit 1) as result on true
     left join bulk.in_flight on in_flight.operation_id = item.operation_id
     where exists (select from bulk.job where job.job_id = $2 and ${jobInTree})
     order by item.ordinal`,
    [accountId, jobId, filter.after, filter.limit, filter.status ?? null],
  );
}

const itemsPerRead = 1000;

/** All items of a job, or those of one status, in chunks: a report of a million items is never whole in memory. */
export async function* streamItems(
  tx: Tx,
  accountId: string | null,
  jobId: string,
  status?: ItemStatus,
): AsyncGenerator<Item[]> {
  let after = 0;
  for (;;) {
    const filter = { after, limit: itemsPerRead, ...(status && { status }) };
    const items = await listItems(tx, accountId, jobId, filter);
    if (items.length > 0) yield items;
    if (items.length < itemsPerRead) return;
    after = items.at(-1)?.ordinal ?? after;
  }
}

/** How far an item is, for whoever asks by its operation's id. */
export interface ItemCall {
  operationId: string;
  jobId: string;
  ordinal: number;
  key: string;
  status: ItemStatus;
  error: OperationError | null;
}

/**
 * Items by their operations' ids, or all of a job (up to 10,000), whose job is of the tree under `accountId`; null stands
 * for all accounts. In the order of jobs and ordinals.
 */
export function readItemCalls(
  tx: Tx,
  accountId: string | null,
  wanted: { operationIds: string[] } | { jobId: string },
): Promise<ItemCall[]> {
  const [condition, parameter] =
    'jobId' in wanted
      ? ['item.job_id = $2', wanted.jobId]
      : ['item.operation_id = any($2::uuid[])', wanted.operationIds];
  return tx.query<ItemCall>(
    `select item.operation_id as "operationId", item.job_id as "jobId", item.ordinal, item.item_key as key,
       ${statusColumn} as status, result.error::json
     from bulk.item
     join bulk.job on job.job_id = item.job_id
     left join bulk.item_result as result on result.job_id = item.job_id and result.ordinal = item.ordinal
     left join bulk.in_flight on in_flight.operation_id = item.operation_id
     where ${condition} and ${jobInTree}
     order by item.job_id, item.ordinal
     limit 10000`,
    [accountId, parameter],
  );
}

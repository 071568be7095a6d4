import { uuids, type Tx } from '#libs/postgres';

/** Those of the jobs that have failed items which fit their action: the others would fail again for sure. */
export async function findRetryable(tx: Tx, jobIds: string[]): Promise<Set<string>> {
  const rows = await tx.query<{ job_id: string }>(
    `select wanted.job_id from unnest($1::uuid[]) as wanted (job_id)
     cross join lateral (
       select from bulk.item_result as result
       cross join lateral (
         select data from bulk.item where item.job_id = wanted.job_id and item.ordinal = result.ordinal limit 1) as item
       where result.job_id = wanted.job_id and result.status = 'FAILED' and item.data is not null
       order by result.ordinal limit 1) as failed`,
    [uuids(jobIds)],
  );
  return new Set(rows.map((row) => row.job_id));
}

/** Copies the next failed items of a job to another: from the ordinal `after` on, to ordinals above `total`. */
export async function copyFailedItems(
  tx: Tx,
  copy: { from: string; to: string; after: number; total: number; limit: number },
): Promise<{ looked: number; last: number; copied: number }> {
  const [row] = await tx.query<{ looked: number; last: number; copied: number }>(
    `with failed as materialized (
       select ordinal from bulk.item_result
       where job_id = $1 and status = 'FAILED' and ordinal > $3
       order by ordinal limit $5
     ), copied as (
       insert into bulk.item (job_id, ordinal, item_key, data, operation_id)
       select $2, $4 + row_number() over (order by item.ordinal), item.item_key, item.data, uuidv7()
       from bulk.item
       where item.job_id = $1 and item.ordinal = any(array(select ordinal from failed)) and item.data is not null
       returning ordinal
     )
     select (select count(*)::int from failed) as looked, (select coalesce(max(ordinal), 0) from failed) as last,
            (select count(*)::int from copied) as copied`,
    [copy.from, copy.to, copy.after, copy.total, copy.limit],
  );
  return row ?? { looked: 0, last: 0, copied: 0 };
}

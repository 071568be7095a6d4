import type { Tx } from '#libs/postgres';

/**
 * Ids of up to `limit` jobs that are past their retention: they ended so many days ago, or are uploads that broke off,
 * untouched for so many hours and without an operation.
 */
export async function findOldJobs(
  tx: Tx,
  { retentionDays, abandonedHours, limit }: { retentionDays: number; abandonedHours: number; limit: number },
): Promise<string[]> {
  const rows = await tx.query<{ job_id: string }>(
    `(select job_id from bulk.job where state = 'ENDED' and ended_at < now() - make_interval(days => $1) limit $3)
     union all
     (select job_id from bulk.job
      where state = 'STAGED' and state <> 'ENDED' and touched_at < now() - make_interval(hours => $2)
        and not exists (select from operations.operation where operation_id = job.job_id)
      limit $3)`,
    [retentionDays, abandonedHours, limit],
  );
  return rows.map((row) => row.job_id);
}

/** Deletes up to `limit` items of a job with their results; returns how many. */
export async function deleteItems(tx: Tx, jobId: string, limit: number): Promise<number> {
  const [row] = await tx.query<{ deleted: number }>(
    `with items as (
       delete from bulk.item
       where job_id = $1 and ordinal = any(array(
         select ordinal from bulk.item where job_id = $1 order by ordinal limit $2))
       returning ordinal
     ), results as (
       delete from bulk.item_result where job_id = $1 and ordinal in (select ordinal from items)
     )
     select count(*)::int as deleted from items`,
    [jobId, limit],
  );
  return row?.deleted ?? 0;
}

export async function deleteJob(tx: Tx, jobId: string): Promise<void> {
  await tx.execute('delete from bulk.job where job_id = $1', [jobId]);
}

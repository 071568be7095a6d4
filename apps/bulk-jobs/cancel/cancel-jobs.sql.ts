import { uuids, type Tx } from '#libs/postgres';

/** Locks jobs in id order: the dispatcher leaves them alone until the commit. */
export async function lockJobs(tx: Tx, jobIds: string[]): Promise<void> {
  await tx.query(`select from bulk.job where job_id = any($1::uuid[]) order by job_id for no key update`, [
    uuids(jobIds),
  ]);
}

/** STAGED, RUNNING → CANCELLING. */
export async function stopJobs(tx: Tx, jobIds: string[]): Promise<void> {
  if (jobIds.length === 0) return;
  await tx.execute(
    `update bulk.job set state = 'CANCELLING' where job_id = any($1::uuid[]) and state in ('STAGED', 'RUNNING')`,
    [uuids(jobIds)],
  );
}

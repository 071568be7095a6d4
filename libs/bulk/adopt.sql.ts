import { integers, uuids, type Tx } from '#libs/postgres';

/** A job that begins to run: how many items it has, and how many of them failed already as they do not fit the action. */
export interface Adoption {
  jobId: string;
  /** undefined: as many as were staged */
  total?: number;
  /** undefined: as many as were staged so */
  failed?: number;
}

/** STAGED → RUNNING, each job named once; one that was cancelled meanwhile stays so. */
export async function adoptJobs(tx: Tx, adoptions: Adoption[]): Promise<void> {
  if (adoptions.length === 0) return;
  await tx.execute(
    `update bulk.job
     set state = case job.state when 'STAGED' then 'RUNNING' else job.state end,
         total = coalesce(adopted.total, job.total), failed = coalesce(adopted.failed, job.failed),
         started_at = clock_timestamp(), touched_at = clock_timestamp()
     from unnest($1::uuid[], $2::int[], $3::int[]) as adopted (job_id, total, failed)
     where job.job_id = adopted.job_id and job.state in ('STAGED', 'CANCELLING')`,
    [
      uuids(adoptions.map(({ jobId }) => jobId)),
      integers(adoptions.map(({ total }) => total ?? null)),
      integers(adoptions.map(({ failed }) => failed ?? null)),
    ],
  );
}

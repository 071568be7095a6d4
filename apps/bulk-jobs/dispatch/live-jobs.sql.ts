import { byIds, idsAndBounds } from '#libs/operations';
import { integers, texts, uuids, type Tx } from '#libs/postgres';
import type { LiveJob } from './live-job.js';

/** One key for all dispatchers of a database. */
const advisoryLockKey = 7_351_100_641;

/** Whether this transaction is the one that dispatches; the others stand by. Ends with the transaction. */
export async function tryLead(tx: Tx): Promise<boolean> {
  const [row] = await tx.query<{ leads: boolean }>(`select pg_try_advisory_xact_lock(${advisoryLockKey}) as leads`);
  return row?.leads ?? false;
}

/**
 * Jobs that have not ended, those first that were sent from longest ago; locked until the commit. One that is being
 * cancelled at this moment comes in the next pass, one that is being stored after a while: who stores it must not wait here.
 */
export function lockLiveJobs(tx: Tx): Promise<LiveJob[]> {
  return tx.query<LiveJob>(
    `select job_id as "jobId", tenant_id as "tenantId", account_id as "accountId", actor, client_id as "clientId", facade,
       action, dry_run as "dryRun", retry_of as "retryOf", correlation_id as "correlationId", state, total, dispatched,
       held, in_flight as "inFlight", completed, failed, cancelled
     from bulk.job
     where state <> 'ENDED' and (state <> 'STAGED' or touched_at < now() - interval '10 seconds')
     order by touched_at
     for no key update skip locked`,
  );
}

/** Those of these jobs whose operation has ended, other than by the dispatcher: it timed out, was cancelled or refused. */
export async function findEndedOperations(tx: Tx, jobIds: string[]): Promise<Set<string>> {
  const rows = await tx.query<{ operation_id: string }>(
    `select operation_id from operations.operation
     where ${byIds(1)} and status not in ('ACCEPTED', 'IN_PROGRESS')`,
    idsAndBounds(jobIds),
  );
  return new Set(rows.map((row) => row.operation_id));
}

/** Writes what a pass has folded into jobs. */
export async function writeJobs(tx: Tx, jobs: LiveJob[]): Promise<void> {
  if (jobs.length === 0) return;
  await tx.execute(
    `update bulk.job
     set state = folded.state, dispatched = folded.dispatched, held = folded.held, in_flight = folded.in_flight,
         completed = folded.completed, failed = folded.failed, cancelled = folded.cancelled,
         touched_at = case when folded.dispatched = job.dispatched then job.touched_at else clock_timestamp() end,
         ended_at = case folded.state when 'ENDED' then clock_timestamp() end
     from unnest($1::uuid[], $2::text[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[],
       $8::text[]::jsonb[]) as folded (job_id, state, dispatched, in_flight, completed, failed, cancelled, held)
     where job.job_id = folded.job_id`,
    [
      uuids(jobs.map((job) => job.jobId)),
      texts(jobs.map((job) => job.state)),
      integers(jobs.map((job) => job.dispatched)),
      integers(jobs.map((job) => job.inFlight)),
      integers(jobs.map((job) => job.completed)),
      integers(jobs.map((job) => job.failed)),
      integers(jobs.map((job) => job.cancelled)),
      texts(jobs.map((job) => JSON.stringify(job.held))),
    ],
  );
}

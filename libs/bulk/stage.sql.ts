import { SimyardError } from '#libs/errors';
import { integers, rowsOf, texts, uuids, type Tx } from '#libs/postgres';
import type { NewItem, NewJob } from './job.js';

/**
 * Stores a job without items yet. It shows, and runs, once there is an operation of its id: an upload that breaks off leaves
 * what retention removes.
 */
export const stageJob = (tx: Tx, job: NewJob): Promise<void> => insertJobs(tx, [job]);

/** Stores jobs as STAGED, without items. */
export async function insertJobs(tx: Tx, jobs: NewJob[]): Promise<void> {
  if (jobs.length === 0) return;
  await tx.execute(
    `insert into bulk.job (job_id, tenant_id, account_id, actor, client_id, facade, action, dry_run, retry_of,
       correlation_id, state, created_at, touched_at)
     select *, 'STAGED', clock_timestamp(), clock_timestamp()
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[],
       $9::uuid[], $10::text[])`,
    [
      jobs.map((job) => job.jobId),
      jobs.map((job) => job.tenantId),
      jobs.map((job) => job.accountId),
      jobs.map((job) => job.actor),
      jobs.map((job) => job.clientId),
      jobs.map((job) => job.facade),
      jobs.map((job) => job.action),
      jobs.map((job) => job.dryRun),
      jobs.map((job) => job.retryOf),
      jobs.map((job) => job.correlationId),
    ],
  );
}

/**
 * Adds a chunk of items to a STAGED job; their ordinals go on from the items before. Call it with some thousands at most.
 * Those that have an error count as failed from now on.
 * Throws CONCURRENT_CHANGE when they do not go on, or when the job is not STAGED.
 */
export async function stageItems(tx: Tx, jobId: string, items: NewItem[]): Promise<void> {
  const [first] = items;
  if (!first) return;
  const failed = items.filter(({ error }) => error !== undefined);
  const grown = await tx.execute(
    `update bulk.job set total = total + $2, failed = failed + $4, touched_at = clock_timestamp()
     where job_id = $1 and state = 'STAGED' and total = $3`,
    [jobId, items.length, first.ordinal - 1, failed.length],
  );
  if (grown === 0) throw new SimyardError('CONCURRENT_CHANGE');
  await insertItems(
    tx,
    items.map((item) => ({ ...item, jobId })),
  );
  await insertFailures(tx, jobId, failed);
}

async function insertFailures(tx: Tx, jobId: string, items: NewItem[]): Promise<void> {
  if (items.length === 0) return;
  await tx.execute(
    `insert into bulk.item_result (job_id, ordinal, status, error, ended_at)
     select $1::uuid, ordinal, 'FAILED', error, clock_timestamp()
     from ${rowsOf(['integer', 'text'], 2)} as failed (ordinal, error)`,
    [jobId, integers(items.map(({ ordinal }) => ordinal)), texts(items.map(({ error }) => error ?? null))],
  );
}

/** Inserts items of any jobs; whoever calls keeps the jobs' totals. */
export async function insertItems(tx: Tx, items: (NewItem & { jobId: string })[]): Promise<void> {
  if (items.length === 0) return;
  await tx.execute(
    `insert into bulk.item (job_id, ordinal, item_key, data, operation_id)
     ${rowsOf(['uuid', 'integer', 'text', 'text', 'uuid'])}`,
    [
      uuids(items.map((item) => item.jobId)),
      integers(items.map((item) => item.ordinal)),
      texts(items.map((item) => item.key)),
      texts(items.map((item) => item.data)),
      uuids(items.map((item) => item.operationId)),
    ],
  );
}

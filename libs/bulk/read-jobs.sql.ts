import type { OperationStatus } from '#libs/operations';
import type { BulkAction } from '#libs/contracts';
import type { Tx } from '#libs/postgres';
import type { Job } from './job.js';

const jobColumns = `
  job.job_id as "jobId", job.tenant_id as "tenantId", job.account_id as "accountId", job.actor,
  job.client_id as "clientId", job.facade, job.action, job.dry_run as "dryRun", job.retry_of as "retryOf",
  job.correlation_id as "correlationId", job.state, operation.status, operation.error::json as error, job.total,
  job.total - job.in_flight - job.completed - job.failed - job.cancelled as pending, job.in_flight as "inFlight",
  job.completed, job.failed, job.cancelled, job.created_at as "createdAt", job.started_at as "startedAt",
  job.ended_at as "endedAt", operation.deadline`;

/** A job without its operation is an upload under way, or one that broke off. With the limit it stays a look by the key. */
const withOperation = `cross join lateral (
  select status, error, deadline from operations.operation where operation_id = job.job_id limit 1) as operation`;

/** Jobs of the tree under the account in parameter $1; of all accounts where it is null. */
export const jobInTree = `($1::text is null or job.account_id = any(array(
  select account_id from inventory.account where path @> array[$1::text])))`;

/** The job, when an account of the tree under `accountId` started it; null stands for all accounts. */
export async function readJob(tx: Tx, accountId: string | null, jobId: string): Promise<Job | undefined> {
  const [job] = await tx.query<Job>(
    `select ${jobColumns} from bulk.job ${withOperation} where job.job_id = $2 and ${jobInTree}`,
    [accountId, jobId],
  );
  return job;
}

/** Jobs of any accounts by id, those that have no operation yet left out. */
export async function readJobs(tx: Tx, jobIds: string[]): Promise<Map<string, Job>> {
  const jobs = await tx.query<Job>(
    `select ${jobColumns} from bulk.job ${withOperation} where job.job_id = any($1::uuid[])`,
    [jobIds],
  );
  return new Map(jobs.map((job) => [job.jobId, job]));
}

export interface JobFilter {
  status?: OperationStatus;
  action?: BulkAction;
  /** the last jobId of the page before */
  before?: string;
  /** rows of a page */
  limit: number;
}

/** Jobs of the tree under `accountId`, newest first: a page of them. Null stands for all accounts. */
export function listJobs(tx: Tx, accountId: string | null, filter: JobFilter): Promise<Job[]> {
  return tx.query<Job>(
    `select ${jobColumns} from bulk.job ${withOperation}
     where ${jobInTree}
       and ($2::text is null or operation.status = $2)
       and ($3::text is null or job.action = $3)
       and ($4::uuid is null or job.job_id < $4)
     order by job.job_id desc
     limit $5`,
    [accountId, filter.status ?? null, filter.action ?? null, filter.before ?? null, filter.limit],
  );
}

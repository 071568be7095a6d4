import { isUUID } from 'class-validator';
import type { ApiClient } from '#libs/access';
import { readJob, type Job } from '#libs/bulk';
import { SimyardError } from '#libs/errors';
import { readOperation } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import { jobView, retryView } from './job-view.js';

/** A job of the client's account tree; throws BULK_JOB_NOT_FOUND for any other. */
export async function findJob(tx: Tx, { accountId }: ApiClient, jobId: string): Promise<Job> {
  const job = isUUID(jobId) ? await readJob(tx, accountId, jobId) : undefined;
  if (!job) throw new SimyardError('BULK_JOB_NOT_FOUND');
  return job;
}

/** The same as JSON; a retry also between its admission and the moment when its items are there. */
export async function findJobView(tx: Tx, client: ApiClient, jobId: string): Promise<Record<string, unknown>> {
  try {
    return jobView(await findJob(tx, client, jobId));
  } catch (error) {
    const operation = isUUID(jobId) ? await readOperation(tx, client.accountId, jobId) : undefined;
    if (operation?.action !== 'RetryFailedItems') throw error;
    return retryView(operation);
  }
}

import { HttpStatus } from '@nestjs/common';
import type { Job } from '#libs/bulk';
import { SimyardError } from '#libs/errors';
import { requestScope } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import type { Write } from '../commands/plan-admission.js';
import type { Start } from '../commands/start.js';
import type { Submit } from '../commands/submit.js';
import type { Answer } from '../http/answer.js';
import type { Origin } from '../http/origin.js';
import { ocsAnswer } from '../ocs/ocs-answer.js';
import { acceptedJob } from './accepted-job.js';
import { findJob } from './find-job.js';
import { jobView } from './job-view.js';

/** Injection token of ChangeJob. */
export const CHANGE_JOB = Symbol('change job');

/** What can be done with a job that was started. Both throw BULK_JOB_NOT_FOUND, and what Start throws. */
export interface ChangeJob {
  /** the job when what it has not sent is cancelled; 202 while its command is under way */
  cancel: (jobId: string, origin: Origin) => Promise<Answer>;
  /** 202 with a new job of the failed items */
  retryFailed: (jobId: string, origin: Origin) => Promise<Answer>;
}

export const createChangeJob = (database: Tx, start: Start, submit: Submit): ChangeJob => ({
  cancel: async (jobId, origin) => {
    await findJob(database, origin.caller.client, jobId);
    const submitted = await submit(changeWrite('CancelBulkJob', jobId, origin));
    if (!submitted.ended || submitted.answer.status !== 'COMPLETED') return ocsAnswer(submitted);
    return { status: HttpStatus.OK, body: jobView(await findJob(database, origin.caller.client, jobId)) };
  },
  retryFailed: async (jobId, origin) => {
    const job = await findJob(database, origin.caller.client, jobId);
    refuseRetry(job);
    // Its operation ends with the new job: nobody waits for that.
    const write = { ...changeWrite('RetryFailedItems', jobId, origin), bulkAction: job.action };
    return acceptedJob({ jobId: (await start(write)).operationId });
  },
});

function changeWrite(name: 'CancelBulkJob' | 'RetryFailedItems', jobId: string, { caller, key }: Origin): Write {
  const scope = requestScope.facade('admin', caller.client.clientId);
  return { facade: 'admin', name, data: { jobId }, caller, key, scope, orderKey: jobId };
}

/** What its service would answer; an ended job with failed items stays one. */
function refuseRetry({ state, failed }: Job): void {
  if (state !== 'ENDED') throw new SimyardError('BULK_JOB_NOT_ENDED');
  if (failed === 0) throw new SimyardError('BULK_NO_FAILED_ITEMS');
}

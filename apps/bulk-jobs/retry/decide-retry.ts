import type { Job } from '#libs/bulk';
import { rejected, type Decision } from '#libs/transactions';

/** Why a job's failed items cannot be tried again, if so. `retryable`: there are failed items that fit their action. */
export function refuseRetry(job: Job | undefined, retryable: boolean): Decision | undefined {
  if (!job) return rejected('BULK_JOB_NOT_FOUND', 'jobId');
  if (job.state !== 'ENDED') return rejected('BULK_JOB_NOT_ENDED', 'jobId');
  return retryable ? undefined : rejected('BULK_NO_FAILED_ITEMS', 'jobId');
}

import type { Job } from '#libs/bulk';
import { isOpen } from '#libs/operations';
import { completed, rejected, type Decision } from '#libs/transactions';

/** Decides a cancellation; one that comes again is done already. */
export function decideCancel(job: Job | undefined, now: Date): Decision {
  if (!job) return rejected('BULK_JOB_NOT_FOUND', 'jobId');
  if (job.state === 'ENDED' || !isOpen(job.status)) return rejected('BULK_JOB_ENDED', 'jobId');
  return completed(now, []);
}

import type { EndedItemStatus, JobState, NewJob } from '#libs/bulk';

/** A job that has not ended, as a pass of the dispatcher folds what happens into it; written back once at the pass's end. */
export interface LiveJob extends NewJob {
  state: JobState;
  total: number;
  /** items up to this ordinal were sent, or ended without that */
  dispatched: number;
  inFlight: number;
  completed: number;
  failed: number;
  cancelled: number;
}

/** Items that have not been sent, nor ended without that. */
export const pendingOf = (job: LiveJob): number =>
  job.total - job.inFlight - job.completed - job.failed - job.cancelled;

const counterOf = { COMPLETED: 'completed', FAILED: 'failed', CANCELLED: 'cancelled' } as const;

export function countEnded(job: LiveJob, status: EndedItemStatus, items = 1): void {
  job[counterOf[status]] += items;
}

/** Whether every item has come to its end. */
export const isDone = (job: LiveJob): boolean =>
  job.state !== 'STAGED' && job.completed + job.failed + job.cancelled === job.total;

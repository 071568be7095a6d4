import type { EndedItemStatus, JobState, NewJob } from '#libs/bulk';

/** A job that has not ended, as a pass of the dispatcher folds what happens into it; written back once at the pass's end. */
export interface LiveJob extends NewJob {
  state: JobState;
  total: number;
  /** items up to this ordinal were sent, ended without that, or are held */
  dispatched: number;
  /** how many items are held until their platform takes more, by platform; replaced as a whole, never changed in place */
  held: Readonly<Record<string, number>>;
  inFlight: number;
  completed: number;
  failed: number;
  cancelled: number;
}

/** Items that have not been sent, nor ended without that. */
export const pendingOf = (job: LiveJob): number =>
  job.total - job.inFlight - job.completed - job.failed - job.cancelled;

/** Items that wait for their platforms. */
export const heldOf = ({ held }: LiveJob): number => Object.values(held).reduce((sum, items) => sum + items, 0);

/** Notes that so many more items wait for the platform, or so many fewer. */
export function countHeld(job: LiveJob, platform: string, items: number): void {
  const { [platform]: before = 0, ...others } = job.held;
  const now = before + items;
  job.held = now === 0 ? others : { ...others, [platform]: now };
}

const counterOf = { COMPLETED: 'completed', FAILED: 'failed', CANCELLED: 'cancelled' } as const;

export function countEnded(job: LiveJob, status: EndedItemStatus, items = 1): void {
  job[counterOf[status]] += items;
}

/** Whether every item has come to its end. */
export const isDone = (job: LiveJob): boolean =>
  job.state !== 'STAGED' && job.completed + job.failed + job.cancelled === job.total;

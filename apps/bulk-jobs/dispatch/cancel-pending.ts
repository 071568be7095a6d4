import { errorCodes } from '#libs/errors';
import type { Tx } from '#libs/postgres';
import { cancelItems, type ItemRange } from './items.sql.js';
import { countEnded, type LiveJob } from './live-job.js';

/** Items of all cancelled jobs that one pass ends, so that it stays short. */
const itemsPerPass = 10_000;

const { message } = errorCodes.OPERATION_CANCELLED;
const error = JSON.stringify({ code: 'OPERATION_CANCELLED', message });

/** Ends items that have not been sent, of jobs that were cancelled or whose operation has ended. */
export async function cancelPending(tx: Tx, jobs: LiveJob[]): Promise<void> {
  const cancelling = jobs.filter(({ state }) => state === 'CANCELLING');
  const ranges = nextRanges(cancelling);
  const ended = await cancelItems(tx, ranges, error);
  const counts = new Map(ranges.map(({ jobId, count }) => [jobId, count]));
  for (const job of cancelling) {
    job.dispatched += counts.get(job.jobId) ?? 0;
    countEnded(job, 'CANCELLED', ended.get(job.jobId) ?? 0);
  }
}

function nextRanges(jobs: LiveJob[]): ItemRange[] {
  let left = itemsPerPass;
  return jobs.flatMap(({ jobId, total, dispatched }) => {
    const count = Math.min(total - dispatched, left);
    left -= count;
    return count > 0 ? [{ jobId, after: dispatched, count }] : [];
  });
}

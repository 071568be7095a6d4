import { errorCodes } from '#libs/errors';
import type { Tx } from '#libs/postgres';
import { cancelHeld } from './held-items.sql.js';
import { cancelItems, type ItemRange } from './items.sql.js';
import { countEnded, countHeld, type LiveJob } from './live-job.js';

/** Items of all cancelled jobs that one pass ends, so that it stays short. */
const itemsPerPass = 10_000;

const { message } = errorCodes.OPERATION_CANCELLED;
const error = JSON.stringify({ code: 'OPERATION_CANCELLED', message });

/** Ends items that have not been sent, of jobs that were cancelled or whose operation has ended. */
export async function cancelPending(tx: Tx, jobs: LiveJob[]): Promise<void> {
  const cancelling = jobs.filter(({ state }) => state === 'CANCELLING');
  const dropped = await dropHeld(tx, cancelling);
  const ranges = nextRanges(cancelling, itemsPerPass - dropped);
  const ended = await cancelItems(tx, ranges, error);
  const counts = new Map(ranges.map(({ jobId, count }) => [jobId, count]));
  for (const job of cancelling) {
    job.dispatched += counts.get(job.jobId) ?? 0;
    countEnded(job, 'CANCELLED', ended.get(job.jobId) ?? 0);
  }
}

/** Ends items that wait for their platform; returns how many. */
async function dropHeld(tx: Tx, cancelling: LiveJob[]): Promise<number> {
  const jobOf = new Map(cancelling.map((job) => [job.jobId, job]));
  const holding = cancelling.filter(({ held }) => Object.keys(held).length > 0).map(({ jobId }) => jobId);
  const dropped = await cancelHeld(tx, holding, itemsPerPass, error);
  for (const { jobId, platform, items } of dropped) {
    const job = jobOf.get(jobId);
    if (!job) continue;
    countHeld(job, platform, -items);
    countEnded(job, 'CANCELLED', items);
  }
  return dropped.reduce((total, { items }) => total + items, 0);
}

function nextRanges(jobs: LiveJob[], limit: number): ItemRange[] {
  let left = limit;
  return jobs.flatMap(({ jobId, total, dispatched }) => {
    const count = Math.min(total - dispatched, left);
    left -= count;
    return count > 0 ? [{ jobId, after: dispatched, count }] : [];
  });
}

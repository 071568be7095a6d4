import type { EndedItemStatus } from '#libs/bulk';
import type { Tx } from '#libs/postgres';
import { failpoint } from '#libs/runtime';
import { cancelPending } from './cancel-pending.js';
import { finish } from './finish.js';
import { heldOf, pendingOf, type LiveJob } from './live-job.js';
import { findEndedOperations, lockLiveJobs, tryLead, writeJobs } from './live-jobs.sql.js';
import { sendItems, type SendOptions } from './send-items.js';
import { settle } from './settle.js';

export interface PassOptions extends SendOptions {
  /** CloudEvents source of outcomes */
  source: string;
}

/** What a pass did, and how things stand after it. */
export interface PassResult {
  /** false: another instance dispatches */
  leads: boolean;
  /** items that were in flight and have ended */
  settled: number;
  sent: number;
  finishedJobs: number;
  /** items that have ended, in whatever way */
  ended: Record<EndedItemStatus, number>;
  running: number;
  inFlight: number;
  pending: number;
  /** those of them that wait until their platform takes more */
  held: number;
}

const nothing: PassResult = {
  ...{ leads: true, settled: 0, sent: 0, finishedJobs: 0, ended: { COMPLETED: 0, FAILED: 0, CANCELLED: 0 } },
  ...{ running: 0, inFlight: 0, pending: 0, held: 0 },
};

/**
 * One pass of the dispatcher, in the given transaction: settle what has ended, cancel, send the next items, end jobs that
 * are done. One instance does so at a time; killed at any point, it has done all of a pass or nothing.
 */
export async function runPass(tx: Tx, options: PassOptions): Promise<PassResult> {
  if (!(await tryLead(tx))) return { ...nothing, leads: false };
  const jobs = await lockLiveJobs(tx);
  if (jobs.length === 0) return nothing;
  const before = new Map(jobs.map((job) => [job.jobId, { ...job }]));
  const { settled, underWay } = await settle(tx, new Map(jobs.map((job) => [job.jobId, job])));
  failpoint('bulk-after-settle');
  await stopEnded(tx, jobs);
  await cancelPending(tx, jobs);
  const sent = await sendItems(tx, jobs, underWay, options);
  // After the items' locks: who is admitted takes that of an entity and the user's together.
  const finished = await finish(tx, jobs, options.source);
  await writeJobs(
    tx,
    jobs.filter((job) => differs(job, before.get(job.jobId))),
  );
  failpoint('bulk-before-commit');
  return {
    leads: true,
    settled,
    sent,
    finishedJobs: finished.length,
    ended: endedSince(before, jobs),
    ...standing(jobs),
  };
}

/** A job whose operation has ended, as it timed out, was cancelled or was refused, sends nothing any more. */
async function stopEnded(tx: Tx, jobs: LiveJob[]): Promise<void> {
  const ended = await findEndedOperations(
    tx,
    jobs.map(({ jobId }) => jobId),
  );
  for (const job of jobs) if (ended.has(job.jobId)) job.state = 'CANCELLING';
}

const folded = ['state', 'dispatched', 'held', 'inFlight', 'completed', 'failed', 'cancelled'] as const;

const differs = (job: LiveJob, before: LiveJob | undefined): boolean =>
  folded.some((attribute) => job[attribute] !== before?.[attribute]);

function endedSince(before: ReadonlyMap<string, LiveJob>, jobs: LiveJob[]): PassResult['ended'] {
  const since = (counter: 'completed' | 'failed' | 'cancelled'): number =>
    jobs.reduce((total, job) => total + job[counter] - (before.get(job.jobId)?.[counter] ?? 0), 0);
  return { COMPLETED: since('completed'), FAILED: since('failed'), CANCELLED: since('cancelled') };
}

function standing(jobs: LiveJob[]): Pick<PassResult, 'running' | 'inFlight' | 'pending' | 'held'> {
  const running = jobs.filter(({ state }) => state === 'RUNNING' || state === 'CANCELLING');
  return {
    running: running.length,
    inFlight: running.reduce((total, job) => total + job.inFlight, 0),
    pending: running.reduce((total, job) => total + pendingOf(job), 0),
    held: running.reduce((total, job) => total + heldOf(job), 0),
  };
}

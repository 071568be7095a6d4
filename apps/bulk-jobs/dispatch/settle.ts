import type { EndedItemStatus } from '#libs/bulk';
import type { Tx } from '#libs/postgres';
import { insertResults } from '../item-results.sql.js';
import { deleteInFlight, readEndings, readInFlight, type OperationEnding } from './items.sql.js';
import { countEnded, type LiveJob } from './live-job.js';

/** Moves items whose operation has ended from the window into the report, and folds them into their jobs; returns how many. */
export async function settle(tx: Tx, jobs: ReadonlyMap<string, LiveJob>): Promise<number> {
  const inFlight = (await readInFlight(tx)).filter(({ jobId }) => jobs.has(jobId));
  if (inFlight.length === 0) return 0;
  const endings = await readEndings(
    tx,
    inFlight.map(({ operationId }) => operationId),
  );
  const endingOf = new Map(endings.map((ending) => [ending.operationId, ending]));
  const results = inFlight.flatMap(({ operationId, jobId, ordinal }) => {
    const ending = endingOf.get(operationId);
    return ending ? [{ jobId, ordinal, status: itemStatusOf[ending.status], error: ending.error }] : [];
  });
  await insertResults(tx, results);
  await deleteInFlight(tx, [...endingOf.keys()]);
  for (const { jobId, status } of results) {
    const job = jobs.get(jobId);
    if (!job) continue;
    job.inFlight -= 1;
    countEnded(job, status);
  }
  return results.length;
}

const itemStatusOf: Record<OperationEnding['status'], EndedItemStatus> = {
  COMPLETED: 'COMPLETED',
  COMPLETED_WITH_ERRORS: 'FAILED',
  FAILED: 'FAILED',
  CANCELLED: 'CANCELLED',
  TIMED_OUT: 'FAILED',
};

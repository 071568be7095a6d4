import type { EndedItemStatus } from '#libs/bulk';
import type { Tx } from '#libs/postgres';
import { insertResults } from '../item-results.sql.js';
import {
  deleteInFlight,
  readInFlight,
  readProgress,
  type ItemInFlight,
  type OperationEnding,
  type OperationProgress,
} from './items.sql.js';
import { countEnded, type LiveJob } from './live-job.js';
import { add, addToPlatform, type UnderWay } from './under-way.js';

/** What is under way after settling, and how many items have ended. */
export interface Settled {
  settled: number;
  underWay: UnderWay;
}

/** Moves items whose operation has ended from the window into the report, and folds them into their jobs. */
export async function settle(tx: Tx, jobs: ReadonlyMap<string, LiveJob>): Promise<Settled> {
  const inFlight = await readInFlight(tx);
  const progress = await readProgress(
    tx,
    inFlight.map(({ operationId }) => operationId),
  );
  const progressOf = new Map(progress.map((operation) => [operation.operationId, operation]));
  const results = inFlight.flatMap(({ operationId, jobId, ordinal }) => {
    const operation = progressOf.get(operationId);
    if (!operation || !isEnding(operation) || !jobs.has(jobId)) return [];
    return [{ operationId, jobId, ordinal, status: itemStatusOf[operation.status], error: operation.error }];
  });
  await insertResults(tx, results);
  const settledIds = new Set(results.map(({ operationId }) => operationId));
  await deleteInFlight(tx, [...settledIds]);
  for (const { jobId, status } of results) {
    const job = jobs.get(jobId);
    if (!job) continue;
    job.inFlight -= 1;
    countEnded(job, status);
  }
  const left = inFlight.filter(({ operationId }) => !settledIds.has(operationId));
  return { settled: results.length, underWay: countUnderWay(left, progressOf) };
}

const isEnding = (operation: OperationProgress): operation is OperationEnding => operation.status !== 'IN_PROGRESS';

function countUnderWay(items: ItemInFlight[], progressOf: ReadonlyMap<string, OperationProgress>): UnderWay {
  const underWay: UnderWay = { accepted: new Map(), ofPlatforms: new Map() };
  for (const { operationId, jobId, platform } of items) {
    if (!progressOf.has(operationId)) add(underWay.accepted, jobId);
    if (platform !== null) addToPlatform(underWay, platform, jobId);
  }
  return underWay;
}

const itemStatusOf: Record<OperationEnding['status'], EndedItemStatus> = {
  COMPLETED: 'COMPLETED',
  COMPLETED_WITH_ERRORS: 'FAILED',
  FAILED: 'FAILED',
  CANCELLED: 'CANCELLED',
  TIMED_OUT: 'FAILED',
};

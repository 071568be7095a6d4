import { errorCodes, type ErrorCode } from '#libs/errors';
import { endOperations, type OperationEnd, type OperationStatus } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import { appendToOutbox, operationOutcome } from '#libs/transactions';
import { isDone, type LiveJob } from './live-job.js';
import { lockJobOperations } from './job-operations.sql.js';

/**
 * Ends jobs whose items have all ended: their operations and with them their locks, and the outcome of the command that
 * started them. An operation that has ended by itself, as it timed out or was cancelled, keeps its end.
 */
export async function finish(tx: Tx, jobs: LiveJob[], source: string): Promise<LiveJob[]> {
  const done = jobs.filter(isDone);
  if (done.length === 0) return [];
  const jobOf = new Map(done.map((job) => [job.jobId, job]));
  const operations = await lockJobOperations(tx, [...jobOf.keys()]);
  const now = new Date();
  const ends = operations.flatMap((operation) => {
    const job = jobOf.get(operation.operationId);
    return job ? [{ operation, job, end: decideEnd(job) }] : [];
  });
  await endOperations(
    tx,
    ends.map(({ job, end }) => operationEnd(job, end, now)),
  );
  await appendToOutbox(
    tx,
    ends.map(({ operation, end: { error } }) =>
      operationOutcome(operation, error ? { status: 'FAILED', error } : { status: 'COMPLETED' }, source),
    ),
  );
  for (const job of done) job.state = 'ENDED';
  return done;
}

/** How a job ended, as its operation and its outcome tell it. */
export interface JobEnd {
  status: Extract<OperationStatus, 'COMPLETED' | 'COMPLETED_WITH_ERRORS' | 'CANCELLED'>;
  error: { code: ErrorCode; message: string; details: Record<string, number> } | null;
}

/** Pure. A job with a failed item is never COMPLETED; one of which items were cancelled is CANCELLED. */
export function decideEnd(job: Pick<LiveJob, 'total' | 'completed' | 'failed' | 'cancelled'>): JobEnd {
  const { total, completed, failed, cancelled } = job;
  const error = (code: ErrorCode): JobEnd['error'] => ({
    code,
    message: errorCodes[code].message,
    details: { total, completed, failed, cancelled },
  });
  if (cancelled > 0) return { status: 'CANCELLED', error: error('OPERATION_CANCELLED') };
  if (failed > 0) return { status: 'COMPLETED_WITH_ERRORS', error: error('BULK_ITEMS_FAILED') };
  return { status: 'COMPLETED', error: null };
}

function operationEnd(job: LiveJob, { status, error }: JobEnd, endedAt: Date): OperationEnd {
  const { jobId, total, completed, failed, cancelled } = job;
  return {
    operationId: jobId,
    status,
    businessTransactionId: null,
    entityType: 'BulkJob',
    entityId: jobId,
    response: JSON.stringify({ bulkJob: { jobId, total, completed, failed, cancelled } }),
    error: error && JSON.stringify(error),
    endedAt,
  };
}

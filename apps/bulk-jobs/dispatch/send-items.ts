import type { ResourceTypeSource } from '#libs/inventory';
import { insertOperations } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import { appendToOutbox } from '#libs/transactions';
import { insertResults, type ItemResult } from '../item-results.sql.js';
import { insertInFlight, readPendingItems } from './items.sql.js';
import { pendingOf, type LiveJob } from './live-job.js';
import { itemCommand, toMessage, toOperation, type ItemCommand } from './item-command.js';
import { lockEntities } from './lock-entities.js';
import { shareWindow } from './share-window.js';

export interface SendOptions {
  /** items in flight over all jobs */
  window: number;
  /** deadline of an item's operation, from when it is sent */
  itemDeadlineMs: number;
  types: ResourceTypeSource;
}

/**
 * Sends the next items of running jobs, as many as their share of the window: operation, locks of its entity, a place in
 * the window and the command, in this transaction. An item whose entity is locked fails alone. Returns how many were sent.
 */
export async function sendItems(
  tx: Tx,
  jobs: LiveJob[],
  { window, itemDeadlineMs, types }: SendOptions,
): Promise<number> {
  const running = jobs.filter((job) => job.state === 'RUNNING' && pendingOf(job) > 0);
  const occupied = jobs.reduce((total, job) => total + job.inFlight, 0);
  const shares = shareWindow(
    window,
    occupied,
    running.map((job) => ({ inFlight: job.inFlight, pending: pendingOf(job) })),
  );
  const next = await nextCommands(tx, running, shares, new Date(Date.now() + itemDeadlineMs));
  const refused = await lockEntities(tx, next, types);
  await write(tx, next, refused);
  for (const command of next) fold(command, refused.has(command.operationId));
  return next.length - refused.size;
}

/** Commands of the next items, with their jobs' cursors moved past them. */
async function nextCommands(tx: Tx, jobs: LiveJob[], shares: number[], deadline: Date): Promise<ItemCommand[]> {
  const ranges = jobs.map((job, index) => ({ jobId: job.jobId, after: job.dispatched, count: shares[index] ?? 0 }));
  const items = await readPendingItems(
    tx,
    ranges.filter(({ count }) => count > 0),
  );
  const jobOf = new Map(jobs.map((job) => [job.jobId, job]));
  const now = new Date();
  return items.flatMap(({ data, ...item }) => {
    const job = jobOf.get(item.jobId);
    if (!job) return [];
    job.dispatched = Math.max(job.dispatched, item.ordinal);
    return data === null ? [] : [itemCommand(job, { ...item, data }, now, deadline)];
  });
}

async function write(tx: Tx, next: ItemCommand[], refused: ReadonlyMap<string, ItemResult>): Promise<void> {
  const sent = next.filter(({ operationId }) => !refused.has(operationId));
  await insertOperations(tx, sent.map(toOperation));
  await insertInFlight(
    tx,
    sent.map(({ operationId, ordinal, job }) => ({ operationId, ordinal, jobId: job.jobId })),
  );
  await insertResults(tx, [...refused.values()]);
  await appendToOutbox(tx, sent.map(toMessage));
}

function fold({ job }: ItemCommand, isRefused: boolean): void {
  if (isRefused) job.failed += 1;
  else job.inFlight += 1;
}

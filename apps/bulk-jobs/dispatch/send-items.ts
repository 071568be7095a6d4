import type { ResourceTypeSource } from '#libs/inventory';
import { insertOperations } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import { appendToOutbox } from '#libs/transactions';
import { insertResults, type ItemResult } from '../item-results.sql.js';
import { chooseHeld, shareOfWindow, splitByPlatform } from './choose-items.js';
import { findEntities } from './find-entities.js';
import { insertHeld, takeHeld, type HeldRange } from './held-items.sql.js';
import { insertInFlight, readPendingItems, type PendingItem } from './items.sql.js';
import { countHeld, pendingOf, type LiveJob } from './live-job.js';
import { itemCommand, toMessage, toOperation, type ItemCommand } from './item-command.js';
import { lockEntities } from './lock-entities.js';
import { addToPlatform, type UnderWay } from './under-way.js';

export interface SendOptions {
  /** items that nobody has taken up yet, over all jobs; items for one platform, likewise */
  window: number;
  /** deadline of an item's operation, from when it is sent */
  itemDeadlineMs: number;
  types: ResourceTypeSource;
}

/**
 * Sends the next items of running jobs, as many as their share of the window: operation, locks of its entity, a place in
 * the window and the command, in this transaction. An item whose platform is full is held until that takes more, and the
 * cursor goes on; one whose entity is locked fails alone. Returns how many were sent.
 */
export async function sendItems(tx: Tx, jobs: LiveJob[], underWay: UnderWay, options: SendOptions): Promise<number> {
  const { window, types, itemDeadlineMs } = options;
  const running = jobs.filter((job) => job.state === 'RUNNING' && pendingOf(job) > 0);
  const shares = shareOfWindow(window, underWay, running);
  const ranges = chooseHeld(window, underWay, running, shares);
  const times = { now: new Date(), deadline: new Date(Date.now() + itemDeadlineMs) };
  const waited = toCommands(await takeHeld(tx, ranges), running, times);
  for (const { jobId, platform, count } of ranges) addToPlatform(underWay, platform, jobId, count);
  const next = toCommands(await nextItems(tx, running, sharesLeft(running, shares, ranges)), running, times);
  await findEntities(tx, [...waited, ...next], types);
  const { free, held } = splitByPlatform(window, underWay, next);
  // Only now: who was held at the beginning of the pass goes before the next items of its job.
  for (const { jobId, platform, count } of ranges) {
    for (const job of running) if (job.jobId === jobId) countHeld(job, platform, -count);
  }
  await insertHeld(
    tx,
    held.map(({ ordinal, job: { jobId }, platform }) => ({ ordinal, jobId, platform })),
  );
  for (const { job, platform } of held) countHeld(job, platform, 1);
  return send(tx, [...waited, ...free]);
}

/** The next items of jobs, with the cursors moved past them. */
async function nextItems(tx: Tx, jobs: LiveJob[], shares: number[]): Promise<PendingItem[]> {
  const ranges = jobs.map((job, index) => ({ jobId: job.jobId, after: job.dispatched, count: shares[index] ?? 0 }));
  const items = await readPendingItems(
    tx,
    ranges.filter(({ count }) => count > 0),
  );
  const lastOf = new Map(items.map(({ jobId, ordinal }) => [jobId, ordinal]));
  for (const job of jobs) job.dispatched = lastOf.get(job.jobId) ?? job.dispatched;
  return items;
}

/** Commands of items; one that does not fit its action has its result already. */
function toCommands(items: PendingItem[], jobs: LiveJob[], times: { now: Date; deadline: Date }): ItemCommand[] {
  const jobOf = new Map(jobs.map((job) => [job.jobId, job]));
  return items.flatMap(({ data, ...item }) => {
    const job = jobOf.get(item.jobId);
    return job === undefined || data === null ? [] : [itemCommand(job, { ...item, data }, times.now, times.deadline)];
  });
}

const sharesLeft = (jobs: LiveJob[], shares: readonly number[], ranges: HeldRange[]): number[] =>
  jobs.map(({ jobId }, index) =>
    ranges.reduce((left, range) => left - (range.jobId === jobId ? range.count : 0), shares[index] ?? 0),
  );

/** Sends items, but those whose entity is locked; returns how many. */
async function send(tx: Tx, items: ItemCommand[]): Promise<number> {
  const refused = await lockEntities(tx, items);
  await write(tx, items, refused);
  for (const { job, operationId } of items) {
    if (refused.has(operationId)) job.failed += 1;
    else job.inFlight += 1;
  }
  return items.length - refused.size;
}

async function write(tx: Tx, next: ItemCommand[], refused: ReadonlyMap<string, ItemResult>): Promise<void> {
  const sent = next.filter(({ operationId }) => !refused.has(operationId));
  await insertOperations(tx, sent.map(toOperation));
  await insertInFlight(
    tx,
    sent.map(({ operationId, ordinal, platform, job }) => ({ operationId, ordinal, platform, jobId: job.jobId })),
  );
  await insertResults(tx, [...refused.values()]);
  await appendToOutbox(tx, sent.map(toMessage));
}

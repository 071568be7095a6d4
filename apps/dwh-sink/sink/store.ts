import { SimyardError } from '#libs/errors';
import type { Transactions, Tx } from '#libs/postgres';
import { failpoint } from '#libs/runtime';
import { findRuns, planBatch, type BatchPlan } from './plan.js';
import { entityKey, type ReceivedChange } from './received-change.js';
import {
  addMetrics,
  addTransactions,
  advanceLatest,
  fillGaps,
  insertChanges,
  insertLatest,
  lockLatest,
  openGaps,
  readStored,
  updateLatest,
} from './store.sql.js';
import { summarizeMetrics, summarizeTransactions } from './summarize.js';

/**
 * Stores a batch in one transaction and returns what it did. What is stored already is left as it is, so a batch may
 * come any number of times, in any order and to several sinks at once. Throws CONCURRENT_CHANGE when another sink
 * was first with one of the entities: the batch changes nothing and is to be run again.
 */
export function storeBatch(database: Transactions, received: ReceivedChange[]): Promise<BatchPlan> {
  return database.transaction(async (tx) => {
    const { runs, others } = findRuns(received);
    const advanced = runs.length === 0 ? new Set<number>() : await advanceLatest(tx, runs);
    const plan = await planOthers(tx, [...others, ...runs.filter((_, index) => !advanced.has(index)).flat()]);
    const inserts = [...runs.filter((_, index) => advanced.has(index)).flat(), ...plan.inserts];
    if (inserts.length > 0) await write(tx, { ...plan, inserts });
    failpoint('before-commit');
    return { ...plan, inserts };
  });
}

/** Plans what does not simply go on from what is stored: first versions, repeats, and what comes out of order. */
async function planOthers(tx: Tx, received: ReceivedChange[]): Promise<BatchPlan> {
  const latest = received.length === 0 ? new Map<string, number>() : await lockLatest(tx, received);
  return planBatch(received, latest, await readBelow(tx, received, latest));
}

/** What is stored of the batch's versions up to the latest ones: a rare case, that of repeats. */
async function readBelow(tx: Tx, received: ReceivedChange[], latest: ReadonlyMap<string, number>) {
  const below = received.filter(({ change }) => change.version <= (latest.get(entityKey(change)) ?? 0));
  return below.length === 0 ? new Map<string, never>() : readStored(tx, below);
}

async function write(tx: Tx, plan: BatchPlan): Promise<void> {
  await writeLatest(tx, plan);
  await insertChanges(tx, plan.inserts);
  await addTransactions(tx, summarizeTransactions(plan.inserts));
  if (plan.missing.length > 0) await openGaps(tx, plan.missing);
  if (plan.fills.length > 0) await fillGaps(tx, plan.fills);
  await addMetrics(tx, summarizeMetrics(plan.inserts));
}

/** First of the writes: an entity that is new has no row to lock, so its first insert is what decides between two sinks. */
async function writeLatest(tx: Tx, plan: BatchPlan): Promise<void> {
  if (plan.firsts.length > 0) {
    const inserted = await insertLatest(tx, plan.firsts);
    if (inserted < plan.firsts.length) throw new SimyardError('CONCURRENT_CHANGE');
  }
  if (plan.successors.length > 0) await updateLatest(tx, plan.successors);
}

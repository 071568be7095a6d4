import { SimyardError } from '#libs/errors';
import type { Database, Transactions, Tx } from '#libs/postgres';
import { failpoint } from '#libs/runtime';
import { findRuns, nothingToDo, planBatch, type BatchPlan } from './plan.js';
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
export async function storeBatch(database: Database, received: ReceivedChange[]): Promise<BatchPlan> {
  const runs = findRuns(received);
  return (runs && (await storeRuns(database.prepared, runs))) ?? storeAny(database, received);
}

/** What nearly every batch is. Undefined, and nothing stored, when it does not go on from what is stored. */
async function storeRuns(database: Transactions, runs: ReceivedChange[][]): Promise<BatchPlan | undefined> {
  const plan: BatchPlan = { ...nothingToDo(), inserts: runs.flat() };
  const otherwise = new SimyardError('CONCURRENT_CHANGE');
  const storing = database.transaction(async (tx) => {
    if ((await advanceLatest(tx, runs)) < runs.length) throw otherwise;
    await write(tx, plan);
    failpoint('before-commit');
    return plan;
  });
  return storing.catch((error: unknown) => {
    if (error === otherwise) return undefined;
    throw error;
  });
}

function storeAny(database: Transactions, received: ReceivedChange[]): Promise<BatchPlan> {
  return database.transaction(async (tx) => {
    const latest = await lockLatest(tx, received);
    const plan = planBatch(received, latest, await readBelow(tx, received, latest));
    if (plan.inserts.length > 0) await write(tx, plan);
    failpoint('before-commit');
    return plan;
  });
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

import { asSimyardError } from '#libs/errors';
import { recordSteps, type TakenStep } from '#libs/platforms';
import type { Database, Transactions } from '#libs/postgres';
import { failpoint, inBatches, type Logger } from '#libs/runtime';
import { countEnd } from '../metrics.js';

/** Two transactions at a time; what is waiting is bounded by the platforms' concurrencies. */
const atOnce = { atOnce: 2, largest: 500, waiting: 100_000 };
/** Where nobody waits: a transaction of a hundred costs little more than one of ten. */
const gathered = { ...atOnce, atOnce: 1, gatherMs: 40 };

/** Records what came of requests of all platforms in shared transactions; resolves once it is committed. */
export function recordTogether(
  database: Database,
  /** of a request whose caller waits */
  onRecorded: () => void,
  log: Logger,
): (taken: TakenStep) => Promise<void> {
  const recordAll = async (pool: Transactions, batch: TakenStep[]): Promise<void> => {
    const startedAt = performance.now();
    const recorded = await pool.transaction((tx) => recordSteps(tx, batch));
    failpoint('after-record');
    for (const { claim, step } of batch) {
      if ('state' in step.next && (step.next.state === 'DONE' || step.next.state === 'FAILED')) {
        countEnd(claim.platform, step.next.state);
      }
    }
    const ms = Math.round(performance.now() - startedAt);
    log.info({ steps: batch.length, recorded, ms }, 'platform answers recorded');
  };
  const settleOn = (pool: Transactions) => (batch: TakenStep[]) =>
    settleApart(batch, async (some) => {
      try {
        await recordAll(pool, some);
      } catch (error) {
        // What helps hides it else: the halves, or the platform's loop, which records again.
        log.warn({ err: error, steps: some.length }, 'platform answers not recorded, will be tried again');
        throw error;
      }
    });
  const now = inBatches(settleOn(database.prepared), atOnce);
  const soon = inBatches(settleOn(database), gathered);
  return async (taken) => {
    const { callerWaits } = taken.claim;
    const error = await (callerWaits ? now : soon)(taken);
    if (error !== undefined) throw error;
    if (callerWaits) onRecorded();
  };
}

/** One that cannot be recorded must not take those of other platforms with it. Returns an error for each that failed. */
async function settleApart(
  batch: TakenStep[],
  recordAll: (batch: TakenStep[]) => Promise<void>,
): Promise<(Error | undefined)[]> {
  try {
    await recordAll(batch);
    return batch.map(() => undefined);
  } catch (thrown) {
    const error = asSimyardError(thrown);
    if (batch.length === 1 || error.code === 'DATABASE_UNAVAILABLE') return batch.map(() => error);
    const middle = Math.ceil(batch.length / 2);
    const first = await settleApart(batch.slice(0, middle), recordAll);
    return [...first, ...(await settleApart(batch.slice(middle), recordAll))];
  }
}

import { setImmediate as others, setTimeout as delay } from 'node:timers/promises';
import { SimyardError } from '#libs/errors';

export interface BatchLimits {
  /** batches under way at a time */
  atOnce: number;
  /** items of one batch */
  largest: number;
  /** items that wait for a batch; one more is refused with DATABASE_UNAVAILABLE */
  waiting: number;
  /** how long a batch waits for company, in ms; where nobody waits for it, few large batches cost less than many small ones */
  gatherMs?: number;
}

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Runs items that come one by one in batches. While as many are under way as may be, what comes waits and shares the
 * next: with little load nothing waits, with much the batches grow. `run` returns a result for each item, at its index.
 */
export function inBatches<Item, Result>(
  run: (items: Item[]) => Promise<Result[]>,
  limits: BatchLimits,
): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = [];
  let running = 0;
  const gather = (): Promise<unknown> => (limits.gatherMs === undefined ? others() : delay(limits.gatherMs));

  const runAll = async (): Promise<void> => {
    running += 1;
    // Requests that have arrived by now come along.
    await gather();
    while (waiting.length > 0) {
      await settle(waiting.splice(0, limits.largest), run);
      if (limits.gatherMs !== undefined && waiting.length > 0) await gather();
    }
    running -= 1;
  };

  return (item) =>
    new Promise((resolve, reject) => {
      if (waiting.length >= limits.waiting) {
        reject(new SimyardError('DATABASE_UNAVAILABLE', { message: 'Too many writes wait for PostgreSQL.' }));
        return;
      }
      waiting.push({ item, resolve, reject });
      if (running < limits.atOnce) void runAll();
    });
}

async function settle<Item, Result>(
  batch: Waiting<Item, Result>[],
  run: (items: Item[]) => Promise<Result[]>,
): Promise<void> {
  try {
    const results = await run(batch.map(({ item }) => item));
    for (const [index, result] of results.entries()) batch[index]?.resolve(result);
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}

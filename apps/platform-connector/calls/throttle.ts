import { setTimeout as delay } from 'node:timers/promises';
import type { PlatformConfig } from '#libs/platforms';
import { createRateLimiter, type Tx } from '#libs/postgres';
import { paceOf } from './pace.js';

/** Keeps the rate limit of a platform, which all instances of the connector share. */
export interface Throttle {
  /**
   * Waits up to `patienceMs` until one call more may be made. 0: it may be made now, and is counted; else in how many ms to
   * ask again. Throws when the database cannot be reached.
   */
  take: (patienceMs: number) => Promise<number>;
}

export function createThrottle(
  database: Tx,
  { name, rateLimit }: Pick<PlatformConfig, 'name' | 'rateLimit'>,
): Throttle {
  if (rateLimit === null) return { take: () => Promise.resolve(0) };
  const takePoint = createRateLimiter(database, { schema: 'platforms', name: 'throttle' }, paceOf(rateLimit));
  const inTurn = oneByOne();
  let freeAt = 0;

  const takeNow = async (): Promise<boolean> => {
    const waitMs = await takePoint(name);
    if (waitMs !== undefined) freeAt = performance.now() + Math.max(waitMs, 1);
    return waitMs === undefined;
  };
  const takeBy = async (until: number): Promise<number> => {
    for (;;) {
      const now = performance.now();
      if (freeAt > now && freeAt > until) return Math.ceil(freeAt - now);
      if (freeAt > now) await delay(freeAt - now);
      if (await takeNow()) return 0;
    }
  };
  return {
    take: (patienceMs) => {
      const until = performance.now() + patienceMs;
      return inTurn(() => takeBy(until));
    },
  };
}

/** One of a process asks at a time: the others would learn the same, by a query each. */
function oneByOne(): <T>(action: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const result = last.then(action);
    last = result.catch(() => undefined);
    return result;
  };
}

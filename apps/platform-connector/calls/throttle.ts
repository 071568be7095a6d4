import { setTimeout as delay } from 'node:timers/promises';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { PlatformConfig } from '#libs/platforms';
import type { Tx } from '#libs/postgres';
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
  database: Pick<Tx, 'query'>,
  { name, rateLimit }: Pick<PlatformConfig, 'name' | 'rateLimit'>,
): Throttle {
  if (rateLimit === null) return { take: () => Promise.resolve(0) };
  const { points, windowMs } = paceOf(rateLimit);
  const limiter = new RateLimiterPostgres({
    storeClient: asClient(database),
    storeType: 'client',
    schemaName: 'platforms',
    tableName: 'throttle',
    tableCreated: true,
    keyPrefix: '',
    clearExpiredByTimeout: false,
    points,
    duration: windowMs / 1000,
  });
  const inTurn = oneByOne();
  let freeAt = 0;

  const takeNow = async (): Promise<number> => {
    const waitMs = await consume(limiter, name);
    freeAt = performance.now() + waitMs;
    return waitMs;
  };
  const takeBy = async (until: number): Promise<number> => {
    for (;;) {
      const now = performance.now();
      if (freeAt > now && freeAt > until) return Math.ceil(freeAt - now);
      if (freeAt > now) await delay(freeAt - now);
      if ((await takeNow()) === 0) return 0;
    }
  };
  return {
    take: (patienceMs) => {
      const until = performance.now() + patienceMs;
      return inTurn(() => takeBy(until));
    },
  };
}

/** In how many ms there is a point again; 0 when there was one. */
async function consume(limiter: RateLimiterPostgres, key: string): Promise<number> {
  try {
    await limiter.consume(key);
    return 0;
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return Math.max(refusal.msBeforeNext, 1);
    throw refusal;
  }
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

interface LimiterQuery {
  text: string;
  values: unknown[];
}

/** The pool of libs/postgres as the library sees one. Its times are computed in seconds, so that they may come out broken. */
const asClient = (database: Pick<Tx, 'query'>): { query: (query: LimiterQuery) => Promise<{ rows: unknown[] }> } => ({
  query: async ({ text, values }) => {
    const whole = values.map((value) => (typeof value === 'number' ? Math.round(value) : value));
    return { rows: await database.query(text, whole) };
  },
});

import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Tx } from './tx.js';

/** So many in a window, which begins with the first of them. */
export interface RateLimit {
  points: number;
  perMs: number;
}

/** Takes a point of a key's; returns in how many ms there is one again, where there is none. */
export type TakePoint = (key: string) => Promise<number | undefined>;

/**
 * A limit that all processes of a database share, by a row per key of a table that a migration has made:
 * `(key varchar(255) primary key, points integer not null default 0, expire bigint)`.
 */
export function createRateLimiter(tx: Tx, table: { schema: string; name: string }, limit: RateLimit): TakePoint {
  const limiter = new RateLimiterPostgres({
    storeClient: clientOf(tx),
    storeType: 'client',
    schemaName: table.schema,
    tableName: table.name,
    tableCreated: true,
    keyPrefix: '',
    points: limit.points,
    duration: limit.perMs / 1000,
  });
  return async (key) => {
    try {
      await limiter.consume(key);
      return undefined;
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return refusal.msBeforeNext;
      throw refusal;
    }
  };
}

/** The part of a pg client that the library calls; a prepared statement's name is left out, as a pooler may be in between. */
const clientOf = (tx: Tx): object => ({
  query: async ({ text, values }: { text: string; values: unknown[] }) => {
    const rows = await tx.query<object>(text, values);
    return { rows, rowCount: rows.length };
  },
});

import { randomUUID } from 'node:crypto';
import type { PoolClient, QueryConfig } from 'pg';
import { isStalePlan } from './sqlstate.js';

/** Texts that are made as they are needed must not fill the servers' sessions; more than these are planned each time. */
const maxNames = 500;

/** How statements are put to the driver. */
export interface Statements {
  of(text: string, values: unknown[]): QueryConfig;
  /** to be told when one has failed */
  failed(text: string, error: unknown): void;
}

/** Statements that are planned for their parameters. */
export const plainStatements: Statements = { of: (text, values) => ({ text, values }), failed: () => undefined };

/** Statements that a connection prepares when it sees their text for the first time. */
export function preparedStatements(): Statements {
  const names = statementNames();
  return {
    of: (text, values) => {
      const name = names.of(text);
      return { text, values, ...(name !== undefined && { name }) };
    },
    failed: (text, error) => {
      if (isStalePlan(error)) names.renew(text);
    },
  };
}

/** `of` gives a name for each text; undefined for those that are too many. */
function statementNames(): { of: (text: string) => string | undefined; renew: (text: string) => void } {
  const names = new Map<string, string>();
  const give = (text: string): void => void names.set(text, randomUUID());
  return {
    of: (text) => {
      if (!names.has(text) && names.size < maxNames) give(text);
      return names.get(text);
    },
    renew: give,
  };
}

/** Whether plans are kept, and are for any parameters; or are made for the parameters at hand. */
export type Planning = 'kept' | 'each time';

/**
 * A plan is made again after so long: the order of joins that was right for empty tables is not for full ones, and nothing
 * tells before the next ANALYZE.
 */
const planAgeMs = 10_000;

/**
 * Left to itself PostgreSQL plans each time where it knows the length of an array, for batches of one. A table that was empty
 * would be read from end to end by a kept plan when it is full, or full of rows that were deleted.
 */
const settings: Record<Planning, string> = {
  kept: 'set plan_cache_mode = force_generic_plan; set enable_seqscan = off',
  'each time': 'reset plan_cache_mode; reset enable_seqscan',
};

/** Tells a session how it is to plan from now, if it is not told yet; to be called when it is taken from the pool. */
export function planningOfSessions(): (client: PoolClient, planning: Planning) => Promise<void> {
  const toldOf = new WeakMap<PoolClient, { planning: Planning; plansFrom: number }>();
  return async (client, planning) => {
    const now = performance.now();
    const told = toldOf.get(client) ?? { planning: 'each time', plansFrom: -Infinity };
    const tooOld = planning === 'kept' && now - told.plansFrom > planAgeMs;
    if (told.planning === planning && !tooOld) return;
    await client.query(`${settings[planning]}${tooOld ? '; discard plans' : ''}`);
    toldOf.set(client, { planning, plansFrom: tooOld ? now : told.plansFrom });
  };
}

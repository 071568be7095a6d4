import { randomUUID } from 'node:crypto';
import type { PoolClient, QueryResult } from 'pg';
import { isStalePlan } from './sqlstate.js';
import type { Tx } from './tx.js';

/** Texts that are made as they are needed must not fill the servers' sessions; more than these are planned each time. */
const maxNames = 500;

export type StatementsOn = (client: PoolClient) => Tx;

/** Statements that are planned for their parameters. */
export const plainStatements: StatementsOn = (client) => statements((text, values) => client.query({ text, values }));

/** Statements that a connection prepares when it sees their text for the first time. */
export function preparedStatements(): StatementsOn {
  const names = statementNames();
  return (client) =>
    statements(async (text, values) => {
      const name = names.of(text);
      try {
        return await client.query({ text, values, ...(name !== undefined && { name }) });
      } catch (error) {
        if (isStalePlan(error)) names.renew(text);
        throw error;
      }
    });
}

const statements = (run: (text: string, values: unknown[]) => Promise<QueryResult>): Tx => ({
  query: async <Row>(sql: string, parameters: unknown[] = []) => (await run(sql, parameters)).rows as Row[],
  execute: async (sql, parameters = []) => (await run(sql, parameters)).rowCount ?? 0,
});

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
 * A plan is made again after so long: one that was right for an empty table is not for a full one, and nothing tells
 * before the next ANALYZE.
 */
const planAgeMs = 10_000;

/** Tells a session how it is to plan from now, if it is not told yet; to be called when it is taken from the pool. */
export function planningOfSessions(): (client: PoolClient, planning: Planning) => Promise<void> {
  const toldOf = new WeakMap<PoolClient, { planning: Planning; plansFrom: number }>();
  return async (client, planning) => {
    const now = performance.now();
    const told = toldOf.get(client) ?? { planning: 'each time', plansFrom: -Infinity };
    const tooOld = planning === 'kept' && now - told.plansFrom > planAgeMs;
    if (told.planning === planning && !tooOld) return;
    // Left to itself PostgreSQL plans each time where it knows the length of an array, for batches of one.
    const mode = planning === 'kept' ? 'force_generic_plan' : 'auto';
    await client.query(`set plan_cache_mode = ${mode}${tooOld ? '; discard plans' : ''}`);
    toldOf.set(client, { planning, plansFrom: tooOld ? now : told.plansFrom });
  };
}

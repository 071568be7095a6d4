import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { QueryRunner } from 'typeorm';
import type { Tx } from './tx.js';
import { isStalePlan } from './sqlstate.js';

/** Texts that are made as they are needed must not fill the servers' sessions; more than these are planned each time. */
const maxNames = 500;

/**
 * A plan is made again after so long: one that was right for an empty table is not for a full one, and nothing tells
 * before the next ANALYZE.
 */
const planAgeMs = 10_000;

/** Statements that a connection prepares when it sees their text for the first time. */
export function preparedStatements(): (runner: QueryRunner) => Tx {
  const names = statementNames();
  const plannedAt = new WeakMap<PoolClient, number>();

  const run = async <Row extends object>(runner: QueryRunner, text: string, values: unknown[]) => {
    const client = (await runner.connect()) as PoolClient;
    const now = performance.now();
    if (now - (plannedAt.get(client) ?? -Infinity) > planAgeMs) {
      plannedAt.set(client, now);
      await client.query('discard plans');
    }
    const name = names.of(text);
    try {
      return await client.query<Row>({ text, values, ...(name !== undefined && { name }) });
    } catch (error) {
      if (isStalePlan(error)) names.renew(text);
      throw error;
    }
  };
  return (runner) => ({
    query: async <Row>(sql: string, parameters: unknown[] = []) => {
      const { rows } = await run<Row & object>(runner, sql, parameters);
      return rows;
    },
    execute: async (sql, parameters = []) => (await run(runner, sql, parameters)).rowCount ?? 0,
  });
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

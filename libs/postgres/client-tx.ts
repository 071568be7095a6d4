import type { PoolClient, QueryResult } from 'pg';
import type { Statements } from './prepared.js';
import type { Tx } from './tx.js';

/** Statements of a connection outside a transaction, each awaited. */
export function clientTx(client: PoolClient, statements: Statements): Tx {
  const ask = asking(client, statements);
  return {
    ...answers(ask),
    write: async (sql, parameters = []) => {
      await ask(sql, parameters);
    },
  };
}

/** Runs `work` between BEGIN and COMMIT; whatever fails rolls back and is thrown, the first of several. */
export async function inTransaction<T>(
  client: PoolClient,
  statements: Statements,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const { write, throwFailure } = writing(client, statements);
  const ask = asking(client, statements);
  /** After a failed write the server refuses everything, and what it says of that tells nothing. */
  const settled = async (answer: Promise<QueryResult>): Promise<QueryResult> => {
    try {
      return await answer;
    } finally {
      throwFailure();
    }
  };
  const tx = { ...answers((sql, parameters) => settled(ask(sql, parameters))), write };
  // Awaited: did this fail, what followed it would be committed one by one.
  await client.query('begin');
  try {
    const result = await work(tx);
    throwFailure();
    const { command } = await settled(client.query('commit'));
    // A statement has failed, and `work` did not say so.
    if (command !== 'COMMIT') throw new Error('The transaction was rolled back');
    return result;
  } catch (error) {
    // The connection may be gone, and with it the transaction: the first error is the one that tells.
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

type Ask = (sql: string, parameters: unknown[]) => Promise<QueryResult>;

const asking =
  (client: PoolClient, statements: Statements): Ask =>
  async (sql, parameters) => {
    try {
      return await client.query(statements.of(sql, parameters));
    } catch (error) {
      statements.failed(sql, error);
      throw error;
    }
  };

const answers = (ask: Ask): Pick<Tx, 'query' | 'execute'> => ({
  query: async <Row>(sql: string, parameters: unknown[] = []) => (await ask(sql, parameters)).rows as Row[],
  execute: async (sql, parameters = []) => (await ask(sql, parameters)).rowCount ?? 0,
});

/**
 * Writes that are not awaited. Answers come in the order of the statements: whoever awaits one of them, or the commit, then
 * knows of every write before it. A write that cannot be sent at all is known at once.
 */
function writing(client: PoolClient, statements: Statements): Pick<Tx, 'write'> & { throwFailure: () => void } {
  const failures: Error[] = [];
  return {
    write: (sql, parameters = []) => {
      client.query(statements.of(sql, parameters), (error: Error | null | undefined) => {
        if (!error) return;
        statements.failed(sql, error);
        failures.push(error);
      });
      return Promise.resolve();
    },
    throwFailure: () => {
      if (failures[0] !== undefined) throw failures[0];
    },
  };
}

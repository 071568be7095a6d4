import type { Tx } from '#libs/postgres';

export interface WatchedStatement {
  kind: keyof Tx;
  sql: string;
  parameters: unknown[];
}

/** Calls this before each statement, which is not carried out if it throws. */
export function watched(tx: Tx, before: (statement: WatchedStatement) => unknown): Tx {
  const watching =
    <Result>(kind: keyof Tx, run: (sql: string, parameters: unknown[]) => Promise<Result>) =>
    async (sql: string, parameters: unknown[] = []): Promise<Result> => {
      await before({ kind, sql, parameters });
      return run(sql, parameters);
    };
  return {
    query: <Row>(sql: string, parameters?: unknown[]) =>
      watching('query', (...statement) => tx.query<Row>(...statement))(sql, parameters),
    execute: watching('execute', (...statement) => tx.execute(...statement)),
    write: watching('write', (...statement) => tx.write(...statement)),
  };
}

/** A transaction, or the pool outside one. Parameters are arrays: one statement for a whole batch. */
export interface Tx {
  /** rows of a select or of `returning` */
  query<Row>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  /** rows changed */
  execute(sql: string, parameters?: unknown[]): Promise<number>;
  /**
   * For what nobody needs an answer to. In a transaction it is on its way when the promise resolves: should it fail, the next
   * statement throws that, or the commit.
   */
  write(sql: string, parameters?: unknown[]): Promise<void>;
}

/** What can be done with a pool. */
export interface Transactions extends Tx {
  /** Runs `work` in a READ COMMITTED transaction; any error rolls back and is thrown as a SimyardError. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

import { DataSource, type QueryRunner } from 'typeorm';
import { showPool, type CountingPool } from './pool-metrics.js';
import { preparedStatements } from './prepared.js';
import { toConnectionError, toDatabaseError } from './sqlstate.js';
import type { Transactions, Tx } from './tx.js';

export interface Database extends Transactions {
  /**
   * The same pool, for few rows that somebody waits for: a statement is parsed and planned once per connection and not each
   * time, which is half of the time that one takes. Plans are for any parameters then, so batches do better without.
   */
  readonly prepared: Transactions;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  url: string;
  /** shown in pg_stat_activity, and as the pool's name in the metrics */
  applicationName: string;
  poolSize: number;
  /** server settings of each session, beside the time limits */
  settings?: Record<string, string>;
}

/**
 * A process that freezes inside a transaction must not hold its rows for long, and no statement waits without end.
 * The server's own limits, so that they hold when this process does not run.
 */
const sessionSettings = {
  idle_in_transaction_session_timeout: '5000',
  lock_timeout: '3000',
  statement_timeout: '30000',
  timezone: 'UTC',
  // Of the session: named at the start of each transaction it costs a round trip.
  default_transaction_isolation: 'read\\ committed',
};

/** Opens a pool. The door to TypeORM and pg for everything but migrations. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: options.applicationName,
    poolSize: options.poolSize,
    connectTimeoutMS: 5000,
    // A broken idle connection is replaced by the pool; without a handler it would end the process.
    poolErrorHandler: () => undefined,
    extra: { options: serverOptions({ ...sessionSettings, ...options.settings }), keepAlive: true },
  });
  await dataSource.initialize().catch(throwConnectionError);
  const hidePool = showPool(poolOf(dataSource), options.applicationName);
  return {
    ...transactions(dataSource, statements),
    prepared: transactions(dataSource, preparedStatements()),
    close: () => {
      hidePool();
      return dataSource.destroy();
    },
  };
}

type StatementsOf = (runner: QueryRunner) => Tx;

const transactions = (dataSource: DataSource, on: StatementsOf): Transactions => ({
  query: (sql, parameters) => withRunner(dataSource, (runner) => on(runner).query(sql, parameters)),
  execute: (sql, parameters) => withRunner(dataSource, (runner) => on(runner).execute(sql, parameters)),
  transaction: (work) => withRunner(dataSource, (runner) => inTransaction(runner, on, work)),
});

const serverOptions = (settings: Record<string, string>): string =>
  Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');

async function withRunner<T>(dataSource: DataSource, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.connect().catch(throwConnectionError);
    return await work(runner);
  } catch (error) {
    throw toDatabaseError(error);
  } finally {
    await runner.release().catch(() => undefined);
  }
}

function throwConnectionError(error: unknown): never {
  throw toConnectionError(error);
}

async function inTransaction<T>(runner: QueryRunner, on: StatementsOf, work: (tx: Tx) => Promise<T>): Promise<T> {
  await runner.startTransaction();
  try {
    const result = await work(on(runner));
    await runner.commitTransaction();
    return result;
  } catch (error) {
    // The connection may be gone, and with it the transaction: the first error is the one that tells.
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  }
}

/** TypeORM returns rows for INSERT but `[rows, count]` for UPDATE and DELETE; the structured result has both for all. */
function statements(runner: QueryRunner): Tx {
  return {
    query: async <Row>(sql: string, parameters: unknown[] = []) => {
      const result = await runner.query(sql, parameters, true);
      return result.records as Row[];
    },
    execute: async (sql, parameters = []) => (await runner.query(sql, parameters, true)).affected ?? 0,
  };
}

/** TypeORM types no driver's own pool. */
function poolOf(dataSource: DataSource): CountingPool {
  return (dataSource.driver as unknown as { master: CountingPool }).master;
}

import type { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { clientTx, inTransaction } from './client-tx.js';
import { showPool, type CountingPool } from './pool-metrics.js';
import { plainStatements, planningOfSessions, preparedStatements, type Statements } from './prepared.js';
import { toConnectionError, toDatabaseError } from './sqlstate.js';
import type { Transactions, Tx } from './tx.js';

export interface Database extends Transactions {
  /**
   * The same pool, for few rows that somebody waits for: a statement is parsed and planned once per connection and not each
   * time, which is half of the time that one takes. Plans are for any parameters then, so most batches do better without.
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
    extra: {
      options: serverOptions({ ...sessionSettings, ...options.settings }),
      keepAlive: true,
      // Statements are sent as they come, and not when the one before is answered.
      pipeline: true,
    },
  });
  await dataSource.initialize().catch(throwConnectionError);
  const hidePool = showPool(poolOf(dataSource), options.applicationName);
  const planned = planningOfSessions();
  return {
    ...transactions(dataSource, {
      statements: plainStatements,
      begin: (client) => planned(client, 'each time'),
    }),
    prepared: transactions(dataSource, {
      statements: preparedStatements(),
      begin: (client) => planned(client, 'kept'),
    }),
    close: () => {
      hidePool();
      return dataSource.destroy();
    },
  };
}

/** How a pool's sessions carry statements out. */
interface Manner {
  /** for a session that was taken from the pool */
  begin: (client: PoolClient) => Promise<void>;
  statements: Statements;
}

const transactions = (dataSource: DataSource, { begin, statements }: Manner): Transactions => {
  const onClient = <T>(work: (client: PoolClient) => Promise<T>): Promise<T> =>
    withClient(dataSource, async (client) => {
      await begin(client);
      return work(client);
    });
  const onPool = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
    onClient((client) => work(clientTx(client, statements)));
  return {
    query: (sql, parameters) => onPool((tx) => tx.query(sql, parameters)),
    execute: (sql, parameters) => onPool((tx) => tx.execute(sql, parameters)),
    write: (sql, parameters) => onPool((tx) => tx.write(sql, parameters)),
    transaction: (work) => onClient((client) => inTransaction(client, statements, work)),
  };
};

const serverOptions = (settings: Record<string, string>): string =>
  Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');

/** TypeORM keeps the pool; a runner's connection is the driver's own client. */
async function withClient<T>(dataSource: DataSource, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    const client: unknown = await runner.connect().catch(throwConnectionError);
    return await work(client as PoolClient);
  } catch (error) {
    throw toDatabaseError(error);
  } finally {
    await runner.release().catch(() => undefined);
  }
}

function throwConnectionError(error: unknown): never {
  throw toConnectionError(error);
}

/** TypeORM types no driver's own pool. */
function poolOf(dataSource: DataSource): CountingPool {
  return (dataSource.driver as unknown as { master: CountingPool }).master;
}

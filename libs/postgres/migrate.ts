import { DataSource, type MigrationInterface } from 'typeorm';
import { toDatabaseError } from './sqlstate.js';

export type Migration = new () => MigrationInterface;

/** One key for all of Simyard's migrations: two processes that start together migrate one after the other. */
const advisoryLockKey = 7_351_100_640;

/**
 * Runs what is missing of `migrations`, each in a transaction of its own, under an advisory lock. Returns the names of
 * those that ran. `historyTable` keeps the schemas of two owners apart when they share a database.
 */
export async function migrate(
  databaseUrl: string,
  migrations: Migration[],
  historyTable = 'simyard_migration',
): Promise<string[]> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: databaseUrl,
    applicationName: 'simyard-migrate',
    migrations,
    migrationsTableName: historyTable,
    migrationsTransactionMode: 'each',
    extra: { options: '-c lock_timeout=5000 -c timezone=UTC' },
  });
  try {
    await dataSource.initialize();
    return await underLock(dataSource);
  } catch (error) {
    throw toDatabaseError(error);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

async function underLock(dataSource: DataSource): Promise<string[]> {
  const lockHolder = dataSource.createQueryRunner();
  try {
    // Waits as long as the other migration takes: lock_timeout would end the wait too early.
    await lockHolder.query('set lock_timeout = 0');
    await lockHolder.query(`select pg_advisory_lock(${advisoryLockKey})`);
    const ran = await dataSource.runMigrations({ transaction: 'each' });
    return ran.map((migration) => migration.name);
  } finally {
    await lockHolder.query(`select pg_advisory_unlock(${advisoryLockKey})`).catch(() => undefined);
    await lockHolder.release();
  }
}

import { dwhMigrations, dwhMigrationTable } from '../../apps/dwh-sink/migrations/index.js';
import type { Config } from '#libs/config';
import { createKafka, ensureTopics } from '#libs/kafka';
import { migrate } from '#libs/postgres';
import type { Logger } from '#libs/runtime';
import { mainMigrations } from './migrations.js';

export interface BroughtUpToDate {
  /** names of the migrations that ran */
  migrations: string[];
  /** names of the topics that were created */
  topics: string[];
}

/** Brings databases and topics to this release: what services expect to find when they start. */
export async function bringUpToDate(config: Config, log: Logger): Promise<BroughtUpToDate> {
  const { replicationFactor } = config;
  const [migrations, topics] = await Promise.all([
    runMigrations(config),
    ensureTopics(createKafka(config, 'simyard-migrate', log), { replicationFactor }),
  ]);
  return { migrations, topics };
}

/** One after the other: the warehouse may be the same database. */
async function runMigrations({ databaseUrl, dwhDatabaseUrl }: Config): Promise<string[]> {
  const main = await migrate(databaseUrl, mainMigrations);
  return [...main, ...(await migrate(dwhDatabaseUrl, dwhMigrations, dwhMigrationTable))];
}

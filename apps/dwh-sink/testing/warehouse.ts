import { migrate, openDatabase, type Database } from '#libs/postgres';
import { testDatabase, mainTemplate, type DatabaseTemplate } from '#libs/testing';
import { dwhMigrations, dwhMigrationTable } from '../migrations/index.js';

/** The main database with schema dwh in it. */
const template: DatabaseTemplate = {
  name: 'main_and_dwh',
  async build(databaseUrl) {
    await mainTemplate.build(databaseUrl);
    await migrate(databaseUrl, dwhMigrations, dwhMigrationTable);
  },
};

export interface TestWarehouse {
  readonly database: Database;
  readonly url: string;
  /** Empties the tables of schema dwh. */
  reset(): Promise<unknown>;
  drop(): Promise<void>;
}

export async function testWarehouse(): Promise<TestWarehouse> {
  const created = await testDatabase(template);
  const { url } = created;
  const database = await openDatabase({ url, applicationName: 'dwh-test', poolSize: 6 });
  return {
    database,
    url,
    reset: () =>
      database.execute(`truncate dwh.entity_change, dwh.entity_latest, dwh.business_transaction, dwh.metric_hourly,
        dwh.version_gap`),
    drop: async () => {
      await database.close();
      await created.drop();
    },
  };
}

/** Every stored change by entity and version, and what is derived of them. */
export async function contentOf(database: Database) {
  const [changes, latest, transactions, metrics, gaps] = await Promise.all([
    database.query<{ name: string }>(
      `select entity_id || '@' || version as name from dwh.entity_change order by entity_type, entity_id, version`,
    ),
    database.query<{ name: string }>(
      `select entity_id || '@' || version as name from dwh.entity_latest order by entity_type, entity_id`,
    ),
    database.query<{ id: string; stored: number }>(
      `select business_transaction_id as id, stored_count as stored from dwh.business_transaction order by 1`,
    ),
    database.query<{ changes: number; transactions: number }>(
      `select coalesce(sum(changes), 0)::int as changes, coalesce(sum(transactions), 0)::int as transactions
       from dwh.metric_hourly`,
    ),
    database.query<{ name: string; missing: string }>(
      `select entity_id as name, missing::text from dwh.version_gap order by 1`,
    ),
  ]);
  return {
    changes: changes.map(({ name }) => name),
    latest: latest.map(({ name }) => name),
    transactions: transactions.length,
    storedCount: transactions.reduce((sum, { stored }) => sum + stored, 0),
    metrics: metrics[0],
    gaps: gaps.map(({ name, missing }) => `${name} ${missing}`),
  };
}

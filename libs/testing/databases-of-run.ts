import pg from 'pg';
import { testRun } from './run.js';

/** Names of databases this run makes begin so. */
export const databasePrefix = (): string => `simyard_test_${testRun().id}_`;

export function urlOf(database: string): string {
  const url = new URL(testRun().databaseUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/** Runs `work` on a connection that may create and drop databases. */
export async function asAdmin<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: urlOf('postgres') });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Removes every database of this run, for servers that outlive it. */
export async function dropTestDatabases(): Promise<void> {
  await asAdmin(async (client) => {
    const found = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [databasePrefix()],
    );
    for (const { datname } of found.rows) await client.query(`drop database if exists ${datname} with (force)`);
  });
}

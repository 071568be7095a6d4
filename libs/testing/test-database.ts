import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { asAdmin, databasePrefix, urlOf } from './databases-of-run.js';

/** What a test database starts from. It is built once per run and then copied, which is ten times faster. */
export interface DatabaseTemplate {
  readonly name: string;
  /** Fills an empty database. */
  build(databaseUrl: string): Promise<unknown>;
}

export const mainTemplate: DatabaseTemplate = {
  name: 'main',
  async build(databaseUrl) {
    // Loaded here, so that specs without a database load neither TypeORM nor every lib that has a migration.
    const [{ migrate }, { mainMigrations }] = await Promise.all([
      import('#libs/postgres'),
      import('#tools/migrate/migrations'),
    ]);
    await migrate(databaseUrl, mainMigrations);
  },
};

/** Nothing but an empty database. */
export const emptyTemplate: DatabaseTemplate = { name: 'empty', build: () => Promise.resolve() };

export interface TestDatabase {
  readonly url: string;
  /** Ends what is still connected and removes the database. */
  drop(): Promise<void>;
}

/** A database of this spec's own, with all migrations run. */
export async function testDatabase(template: DatabaseTemplate = mainTemplate): Promise<TestDatabase> {
  const name = `${databasePrefix()}${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  await asAdmin(async (client) => {
    const source = await ensureTemplate(client, template);
    await client.query(`create database ${name} template ${source}`);
  });
  return {
    url: urlOf(name),
    drop: () => asAdmin((client) => client.query(`drop database if exists ${name} with (force)`)).then(() => undefined),
  };
}

/** Workers come here at the same time: the advisory lock lets the first one build, and the others find the result. */
async function ensureTemplate(client: pg.Client, template: DatabaseTemplate): Promise<string> {
  const name = `${databasePrefix()}template_${template.name}`;
  await client.query('select pg_advisory_lock(hashtext($1))', [name]);
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await buildTemplate(client, name, template);
  } finally {
    await client.query('select pg_advisory_unlock(hashtext($1))', [name]);
  }
  return name;
}

/** Built under another name: a build that fails must not be taken for a template by the next spec. */
async function buildTemplate(client: pg.Client, name: string, template: DatabaseTemplate): Promise<void> {
  const unfinished = `${name}_unfinished`;
  await client.query(`drop database if exists ${unfinished} with (force)`);
  await client.query(`create database ${unfinished}`);
  await template.build(urlOf(unfinished));
  await client.query(`alter database ${unfinished} rename to ${name}`);
}

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { migrate, openDatabase, type Database } from '#libs/postgres';
import { emptyTemplate, testDatabase } from '#libs/testing';
import { projectDir } from '#tools/infra/project-dir';
import { mainMigrations } from '#tools/migrate/migrations';
import { dwhMigrations, dwhMigrationTable } from '../../../apps/dwh-sink/migrations/index.js';

export const services = [
  'gateway',
  'subscriber',
  'resource_swap',
  'bulk_jobs',
  'platform_connector',
  'monitor',
  'dwh_sink',
  'cli',
] as const;
export type Service = (typeof services)[number];

export interface GrantedDatabase {
  /** the superuser's connection */
  admin: pg.Client;
  /** the database as the service may use it */
  as(service: Service): Database;
  drop(): Promise<void>;
}

/** What a file of deploy/postgres says. */
export const sqlOf = (file: string): string => readFileSync(join(projectDir, 'deploy/postgres', file), 'utf8');

/**
 * A database of its own, with the steps of docs/operations.md: roles by the superuser, migrations and grants by
 * simyard_migrator; twice, as at an upgrade.
 */
export async function grantedDatabase(): Promise<GrantedDatabase> {
  // Roles belong to the server: a prefix of its own keeps them from what others have there.
  const prefix = `spec_${randomUUID().slice(0, 8)}_`;
  const testDb = await testDatabase(emptyTemplate);
  const admin = new pg.Client({ connectionString: testDb.url });
  await admin.connect();
  await runFile(admin, 'roles.sql', prefix);
  const roles = { admin, prefix, url: testDb.url };
  await migrateAndGrant(roles);
  const databases = new Map<Service, Database>();
  for (const service of services) {
    const url = await urlOf(roles, service);
    databases.set(service, await openDatabase({ url, applicationName: service, poolSize: 2 }));
  }
  return {
    admin,
    as: (service) => opened(databases.get(service)),
    drop: async () => {
      await Promise.all([...databases.values()].map((database) => database.close()));
      await dropRoles(roles);
      await admin.end();
      await testDb.drop();
    },
  };
}

function opened(database: Database | undefined): Database {
  if (!database) throw new Error('Every service has its database.');
  return database;
}

interface Roles {
  admin: pg.Client;
  prefix: string;
  url: string;
}

async function migrateAndGrant(roles: Roles): Promise<void> {
  const { admin, prefix } = roles;
  const url = await urlOf(roles, 'migrator');
  await admin.query(`alter database ${new URL(url).pathname.slice(1)} owner to ${prefix}migrator`);
  const migrator = new pg.Client({ connectionString: url });
  await migrator.connect();
  for (let upgrade = 0; upgrade < 2; upgrade += 1) {
    await runFile(admin, 'roles.sql', prefix);
    await migrate(url, mainMigrations);
    await migrate(url, dwhMigrations, dwhMigrationTable);
    await runFile(migrator, 'grants.sql', prefix);
    await runFile(migrator, 'grants-dwh.sql', prefix);
  }
  await migrator.end();
}

async function runFile(client: pg.Client, file: string, prefix: string): Promise<void> {
  await client.query(sqlOf(file).replaceAll('simyard_', prefix));
}

/** Gives the role a password, and returns the URL by which it logs in. */
async function urlOf({ admin, prefix, url }: Roles, role: Service | 'migrator'): Promise<string> {
  const password = randomUUID();
  await admin.query(`alter role ${prefix}${role} password '${password}'`);
  const own = new URL(url);
  own.username = prefix + role;
  own.password = password;
  return own.href;
}

async function dropRoles({ admin, prefix }: Roles): Promise<void> {
  for (const name of [...services, 'migrator']) {
    await admin.query(`reassign owned by ${prefix}${name} to current_user`);
    await admin.query(`drop owned by ${prefix}${name}`);
    await admin.query(`drop role ${prefix}${name}`);
  }
}

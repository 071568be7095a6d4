import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandData } from '#libs/contracts';
import { resourceTypeSource } from '#libs/inventory';
import { platformSource, type PlatformConfig } from '#libs/platforms';
import { openDatabase, type Database } from '#libs/postgres';
import { command, saveAccounts, testDatabase, type TestDatabase } from '#libs/testing';
import { handlerContext, type Decision } from '#libs/transactions';
import { createSubscriber } from '../../apps/subscriber/create/create-subscriber.handler.js';
import { runCli, type CliRun } from './testing/run-cli.js';

const pepper = 'a pepper that is long enough for tests';
const dir = mkdtempSync(join(tmpdir(), 'simyard-platform-'));
let testDb: TestDatabase;
let db: Database;

beforeAll(async () => {
  testDb = await testDatabase();
  db = await openDatabase({ url: testDb.url, applicationName: 'cli-spec', poolSize: 2 });
  await saveAccounts(db);
});

afterAll(async () => {
  await db.close();
  await testDb.drop();
  rmSync(dir, { recursive: true });
});

const cli = (...args: string[]): Promise<CliRun> =>
  runCli({ DATABASE_URL: testDb.url, SIMYARD_SECRET_PEPPER: pepper, SIMYARD_HOME: '/nowhere' }, ['platform', ...args]);

const read = async (name: string): Promise<PlatformConfig | undefined> => (await platformSource(pepper)(db)).get(name);

/** As the subscriber service decides it, with the configuration as it is now. */
async function create(externalId: string, platform: string): Promise<Decision> {
  const handle = createSubscriber({ types: resourceTypeSource(), platforms: platformSource(pepper) });
  const data: CommandData<'CreateSubscriber'> = { requestId: 'r', externalId, accountId: 'ACME-TT', platform };
  const [decision] = await db.transaction((tx) => handle([command('CreateSubscriber', data)], handlerContext(tx)));
  return decision!;
}

describe('the platforms on the command line', () => {
  it('are the ten at first, not connected', async () => {
    const list = await cli('ls', '--json');
    expect(list).toMatchObject({ status: 0, stderr: '' });
    const platforms = JSON.parse(list.stdout) as { name: string; baseUrl: string | null; hasCredential: boolean }[];
    expect(platforms).toHaveLength(10);
    expect(platforms.filter(({ baseUrl, hasCredential }) => baseUrl !== null || hasCredential)).toEqual([]);
    const table = (await cli('ls')).stdout.split('\n').map((line) => line.replace(/ +/g, ' '));
    expect(table[0]).toBe('name status account custom-properties results limit baseUrl');
    expect(table).toContain('1NCE sync no sync callback 10/1000ms not connected');
    expect(table).toContain('GALAXY1 async async sync polling - not connected');
  });

  it('are eleven by configuration alone: subscribers can be created on it, and its secrets are not shown', async () => {
    expect(await create('SUB-1', 'ELEVENTH')).toMatchObject({ error: { code: 'PLATFORM_NOT_CONFIGURED' } });
    const file = join(dir, 'credential');
    writeFileSync(file, 'its-token\n');
    const made = await cli(
      ...['set', 'ELEVENTH', '--base-url', 'https://platform.example/api', '--credential-file', file],
      ...['--credentials', 'api-key', '--changes', 'status=async,account=sync', '--results', 'callback'],
      ...['--callback-secret', 'its-secret', '--rate', '5/500ms', '--idempotent', 'no', '--timeout-ms', '2500'],
      ...['--poll-ms', '200', '--callback-grace-ms', '300', '--give-up-ms', '400', '--attempts', '2'],
      ...['--concurrency', '3', '--queue-limit', '4'],
    );
    expect(made).toMatchObject({ status: 0, stdout: '' });
    expect(await read('ELEVENTH')).toEqual({
      ...{ name: 'ELEVENTH', baseUrl: 'https://platform.example/api', credential: 'its-token' },
      ...{ credentials: 'api-key', changes: { status: 'async', account: 'sync' }, results: 'callback' },
      ...{ callbackSecret: 'its-secret', rateLimit: { requests: 5, perMs: 500 }, idempotent: false },
      ...{ requestTimeoutMs: 2500, pollMs: 200, callbackGraceMs: 300, giveUpMs: 400, attempts: 2 },
      ...{ concurrency: 3, queueLimit: 4 },
    });
    expect(await create('SUB-1', 'ELEVENTH')).toMatchObject({ status: 'COMPLETED' });
    for (const shown of [await cli('ls'), await cli('show', 'ELEVENTH'), await cli('show', 'ELEVENTH', '--json')]) {
      expect(shown).toMatchObject({ status: 0, stdout: expect.stringContaining('platform.example') });
      expect(shown.stdout + shown.stderr + made.stderr).not.toMatch(/its-token|its-secret/);
    }
    expect(JSON.parse((await cli('show', 'ELEVENTH', '--json')).stdout)).toMatchObject({
      ...{ hasCredential: true, hasCallbackSecret: true, attempts: 2 },
    });
  });

  it('are connected and disconnected, and keep the rest', async () => {
    const connect = ['set', 'GALAXY1', '--base-url', 'http://127.0.0.1:8090/GALAXY1', '--credential', 'a-token'];
    expect(await cli(...connect)).toMatchObject({ status: 0 });
    expect(await read('GALAXY1')).toMatchObject({ baseUrl: 'http://127.0.0.1:8090/GALAXY1', results: 'polling' });
    expect(await cli('disconnect', 'GALAXY1')).toMatchObject({ status: 0, stdout: '' });
    expect(await read('GALAXY1')).toMatchObject({ baseUrl: null, credential: 'a-token', results: 'polling' });
  });

  it.each<[string, number, RegExp, string[]]>([
    ['an incomplete connection', 3, /^REQUEST_INVALID: .*credential/, ['set', 'TMUS', '--base-url', 'https://host']],
    ['a wrong name', 3, /^REQUEST_INVALID: .*name/, ['set', 'tmus', '--attempts', '3']],
    ['a wrong URL', 3, /^REQUEST_INVALID: .*baseUrl/, ['set', 'TMUS', '--base-url', 'host', '--credential', 'a']],
    ['nothing to set', 2, /Usage/, ['set', 'TMUS']],
    ['a wrong change', 2, /Usage/, ['set', 'TMUS', '--changes', 'colour=sync']],
    ['a wrong mode', 2, /Usage/, ['set', 'TMUS', '--results', 'mail']],
    ['two credentials', 2, /Usage/, ['set', 'TMUS', '--credential', 'a', '--credential-file', '/dev/null']],
    ['a file that is not there', 2, /^FILE_UNREADABLE/, ['set', 'TMUS', '--credential-file', '/nowhere/at/all']],
    ['an unknown platform', 3, /^PLATFORM_NOT_FOUND/, ['show', 'NONE']],
    ['an unknown platform to disconnect', 3, /^PLATFORM_NOT_FOUND/, ['disconnect', 'NONE']],
  ])('refuse %s', async (_, status, stderr, args) => {
    const before = await read('TMUS');
    expect(await cli(...args)).toMatchObject({ status, stdout: '', stderr: expect.stringMatching(stderr) });
    expect(await read('TMUS')).toEqual(before);
    expect(await read('NONE')).toBeUndefined();
  });
});

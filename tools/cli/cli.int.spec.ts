import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createAuthenticator } from '#libs/access';
import { openDatabase, type Database } from '#libs/postgres';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { projectDir } from '#tools/infra/index';

const pepper = 'a pepper that is long enough for tests';
let testDb: TestDatabase;
let db: Database;

beforeAll(async () => {
  testDb = await testDatabase();
  db = await openDatabase({ url: testDb.url, applicationName: 'cli-spec', poolSize: 2 });
});

afterAll(async () => {
  await db.close();
  await testDb.drop();
});

/** Runs the built program. */
function cli(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const program = join(projectDir, 'dist/tools/cli/main.js');
  const env = { PATH: process.env['PATH'], DATABASE_URL: testDb.url, SIMYARD_SECRET_PEPPER: pepper };
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', env });
}

describe('the command line', () => {
  it('makes accounts, and clients whose secret it shows once', async () => {
    expect(cli('account', 'create', '--id', 'T', '--name', 'Tenant')).toMatchObject({ status: 0, stdout: '' });
    expect(cli('account', 'create', '--id', 'T-a', '--name', 'Below', '--parent', 'T')).toMatchObject({ status: 0 });
    expect(cli('account', 'create', '--id', 'X', '--name', 'X', '--parent', 'none')).toMatchObject({
      status: 1,
      stdout: '',
    });

    const made = cli('client', 'create', '--username', 'crm', '--account', 'T-a', '--scopes', 'a,b', '--json');
    expect(made.status).toBe(0);
    const client = JSON.parse(made.stdout) as { clientId: string; clientSecret: string };
    expect(client).toMatchObject({
      username: 'crm',
      tenantId: 'T',
      accountId: 'T-a',
      scopes: ['a', 'b'],
      businessIds: [],
    });
    const authenticator = createAuthenticator(db, pepper);
    expect(await authenticator.verify(client.clientId, client.clientSecret)).toMatchObject({ username: 'crm' });
    expect(made.stderr).not.toContain(client.clientSecret);

    const list = cli('client', 'list');
    expect(list).toMatchObject({ status: 0, stdout: expect.stringContaining(client.clientId) });
    expect(list.stdout).not.toContain(client.clientSecret);
    expect(cli('client', 'revoke', client.clientId)).toMatchObject({ status: 0, stdout: '' });
    expect(cli('client', 'revoke', client.clientId)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('NOT_FOUND'),
    });
  });

  it('shows operations', () => {
    expect(cli('operations', 'ls', '--json')).toMatchObject({ status: 0, stdout: '[]\n' });
    expect(cli('operations', 'show', '0199f1de-7a3b-7c11-9d52-6a8f0c1e2b3d')).toMatchObject({ status: 1, stdout: '' });
  });

  it.each([
    [['client', 'create']],
    [['operations', 'ls', '--status', 'DONE']],
    [['operations', 'show', 'x']],
    [['nothing']],
    [[]],
  ])('exits with 2 for %j', (args) => {
    expect(cli(...args)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('Usage') });
  });

  it('shows its help on standard output', () => {
    expect(cli('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('Usage') });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthenticator } from '#libs/access';
import { openDatabase, type Database } from '#libs/postgres';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { runCli, type CliRun } from './testing/run-cli.js';

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

const cli = (...args: string[]): Promise<CliRun> =>
  runCli({ DATABASE_URL: testDb.url, SIMYARD_SECRET_PEPPER: pepper, SIMYARD_HOME: '/nowhere' }, args);

describe('the command line', () => {
  it('makes accounts, and clients whose secret it shows once', async () => {
    expect(await cli('account', 'create', '--id', 'T', '--name', 'Tenant')).toMatchObject({ status: 0, stdout: '' });
    expect(await cli('account', 'create', '--id', 'T-a', '--name', 'Below', '--parent', 'T')).toMatchObject({
      status: 0,
    });
    expect(await cli('account', 'create', '--id', 'X', '--name', 'X', '--parent', 'none')).toMatchObject({
      status: 3,
      stdout: '',
    });

    const made = await cli('client', 'create', '--username', 'crm', '--account', 'T-a', '--scopes', 'a,b', '--json');
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

    const list = await cli('client', 'list');
    expect(list).toMatchObject({ status: 0, stdout: expect.stringContaining(client.clientId) });
    expect(list.stdout).not.toContain(client.clientSecret);
    const renew = ['client', 'callback-secret', client.clientId];
    expect(JSON.parse((await cli(...renew, '--json')).stdout)).toEqual({
      ...{ clientId: client.clientId, callbackSecret: expect.stringMatching(/^[\w-]{43}$/) },
    });
    expect(await cli('client', 'revoke', client.clientId)).toMatchObject({ status: 0, stdout: '' });
    expect(await cli(...renew)).toMatchObject({ status: 3, stdout: '', stderr: 'NOT_FOUND: No such live client.\n' });
    expect(await cli('client', 'revoke', client.clientId)).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('NOT_FOUND'),
    });
  });

  it('shows operations from the database, also of other tenants', async () => {
    expect(await cli('operations', 'ls', '--database', '--account', 'T', '--json')).toMatchObject({
      status: 0,
      stdout: '[]\n',
    });
    expect(await cli('operations', 'show', '0199f1de-7a3b-7c11-9d52-6a8f0c1e2b3d', '--database')).toMatchObject({
      ...{ status: 3, stdout: '', stderr: 'NOT_FOUND: The operation does not exist.\n' },
    });
  });

  it.each([
    [['client', 'create']],
    [['operations', 'ls', '--status', 'DONE']],
    [['operations', 'show', 'x']],
    [['operations', 'ls', '--account', 'T']],
    [['bulk', 'submit', 'items.csv', '--action', 'CreateSubscriber']],
    [['locks', 'break', '7']],
    [['nothing']],
    [[]],
  ])('exits with 2 for %j', async (args) => {
    expect(await cli(...args)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('Usage') });
  });

  it('keeps a catalogue of offers for each tenant', async () => {
    const offer = ['offer', 'create', '--tenant', 'T', '--id', 'DATA-5GB', '--name', '5 GB'];
    expect(await cli(...offer)).toMatchObject({ status: 0, stdout: '' });
    expect(await cli(...offer)).toMatchObject({ status: 3, stdout: '' });
    expect(await cli('offer', 'create', '--tenant', 'T-a', '--id', 'X', '--name', 'X')).toMatchObject({ status: 3 });
    const list = await cli('offer', 'ls', '--tenant', 'T', '--json');
    expect(JSON.parse(list.stdout)).toEqual([{ tenantId: 'T', offerId: 'DATA-5GB', name: '5 GB' }]);
  });

  it('says when what it calls is missing or away', async () => {
    expect(await cli('bulk', 'ls')).toMatchObject({
      ...{ status: 2, stdout: '', stderr: expect.stringMatching(/^CONFIGURATION_INVALID: .*SIMYARD_URL/) },
    });
    const nowhere = { DATABASE_URL: 'postgres://127.0.0.1:1/none', SIMYARD_SECRET_PEPPER: pepper };
    expect(await runCli(nowhere, ['client', 'list'])).toMatchObject({
      ...{ status: 5, stdout: '', stderr: expect.stringContaining('DATABASE_UNAVAILABLE') },
    });
    const gateway = ['--url', 'http://127.0.0.1:1', '--client-id', 'a', '--client-secret', 'b'];
    expect(await cli('locks', 'ls', ...gateway)).toMatchObject({
      ...{ status: 5, stdout: '', stderr: expect.stringMatching(/^GATEWAY_UNREACHABLE: .*ECONNREFUSED/) },
    });
  });

  it('shows its help on standard output', async () => {
    expect(await cli('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('Usage') });
  });
});

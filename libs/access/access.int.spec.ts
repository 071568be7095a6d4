import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { openDatabase, type Database } from '#libs/postgres';
import { eventually, testDatabase, type TestDatabase } from '#libs/testing';
import {
  actorKey,
  createActorDirectory,
  createAuthenticator,
  createClient,
  listClients,
  revokeClient,
  type Authenticator,
} from './index.js';

const pepper = 'a pepper that is long enough for tests';
let testDb: TestDatabase;
let db: Database;
let authenticator: Authenticator;

beforeAll(async () => {
  testDb = await testDatabase();
  db = await openDatabase({ url: testDb.url, applicationName: 'access-spec', poolSize: 4 });
  await db.execute(`insert into inventory.account (account_id, tenant_id, parent_id, name, path)
    values ('T', 'T', null, 'root', '{T}'), ('T-a', 'T', 'T', 'sub', '{T,T-a}')`);
  authenticator = createAuthenticator(db, pepper);
});

afterAll(async () => {
  await db.close();
  await testDb.drop();
});

const refused = { code: 'UNAUTHENTICATED' };

describe('a new client', () => {
  it('gets the tenant of its account; only the hash of its secret is stored', async () => {
    const created = await createClient(db, pepper, { username: 'shown-once', accountId: 'T-a', businessIds: ['PR'] });
    expect(created).toMatchObject({ tenantId: 'T', accountId: 'T-a', businessIds: ['PR'], scopes: [] });
    expect(Buffer.from(created.clientSecret, 'base64url')).toHaveLength(32);
    const [stored] = await db.query<{ text: string }>(`select api_client::text as text from access.api_client`);
    expect(stored?.text).not.toContain(created.clientSecret);
    expect(JSON.stringify(await listClients(db))).not.toContain(created.clientSecret);
  });

  it('is refused without an account, and with the username of another live client of its tenant', async () => {
    const first = await createClient(db, pepper, { username: 'twice', accountId: 'T' });
    await expect(createClient(db, pepper, { username: 'x', accountId: 'none' })).rejects.toMatchObject({
      code: 'ACCOUNT_NOT_FOUND',
    });
    for (const username of ['', 'a\nb', 'x'.repeat(256)]) {
      await expect(createClient(db, pepper, { username, accountId: 'T' })).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
      });
    }
    const again = { username: 'twice', accountId: 'T-a' };
    await expect(createClient(db, pepper, again)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await revokeClient(db, first.clientId);
    await expect(revokeClient(db, first.clientId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(createClient(db, pepper, again)).resolves.toMatchObject(again);
  });
});

describe('authenticate', () => {
  it('takes client_id and client_secret, and a bearer token with the scopes it was issued with', async () => {
    const { clientSecret, ...client } = await createClient(db, pepper, {
      username: 'both-forms',
      accountId: 'T-a',
      scopes: ['a', 'b'],
    });
    const byPair = await authenticator.authenticate({ client_id: client.clientId, client_secret: clientSecret });
    expect(byPair).toEqual(client);
    const token = await authenticator.issueToken(byPair, ['a']);
    const byToken = await authenticator.authenticate({ authorization: `Bearer ${token}` });
    expect(byToken).toEqual({ ...client, scopes: ['a'] });
  });

  it('refuses everything else', async () => {
    const client = await createClient(db, pepper, { username: 'refusals', accountId: 'T' });
    const token = await authenticator.issueToken(client, []);
    const forged = await new SignJWT({ scope: '' })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
      .setSubject(client.clientId)
      .setExpirationTime('1h')
      .sign(Buffer.from(pepper));
    const [header, payload] = token.split('.');
    const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload ?? ''}.`;
    const wrong: Record<string, string>[] = [
      {},
      { client_id: client.clientId },
      { client_secret: client.clientSecret },
      { client_id: client.clientId, client_secret: '' },
      { client_id: client.clientId, client_secret: `${client.clientSecret}x` },
      { client_id: 'nobody', client_secret: client.clientSecret },
      { client_id: 'n\0body', client_secret: client.clientSecret },
      { authorization: 'Bearer' },
      { authorization: `Bearer ${forged}` },
      { authorization: `Bearer ${unsigned}` },
      { authorization: `Bearer ${header ?? ''}.${payload ?? ''}.AAAA` },
      { authorization: `Basic ${token}` },
      // a bearer that is given counts alone
      { authorization: 'Bearer x', client_id: client.clientId, client_secret: client.clientSecret },
    ];
    for (const headers of wrong) {
      await expect(authenticator.authenticate(headers)).rejects.toMatchObject(refused);
    }
    const elsewhere = createAuthenticator(db, `${pepper}, another`);
    await expect(elsewhere.authenticate({ authorization: `Bearer ${token}` })).rejects.toMatchObject(refused);
    await expect(
      elsewhere.authenticate({ client_id: client.clientId, client_secret: client.clientSecret }),
    ).rejects.toMatchObject(refused);
  });
});

describe('a revocation', () => {
  it('acts within five seconds on the secret, the token and the actor', async () => {
    const client = await createClient(db, pepper, { username: 'revoked', accountId: 'T' });
    const token = await authenticator.issueToken(client, []);
    const bySecret = { client_id: client.clientId, client_secret: client.clientSecret };
    const directory = createActorDirectory(db);
    const resolve = () => directory.resolve([{ tenant: 'T', username: 'revoked' }]);
    await authenticator.authenticate(bySecret);
    expect((await resolve()).size).toBe(1);

    await revokeClient(db, client.clientId);

    await eventually(
      async () => {
        await expect(authenticator.authenticate(bySecret)).rejects.toMatchObject(refused);
        await expect(authenticator.authenticate({ authorization: `Bearer ${token}` })).rejects.toMatchObject(refused);
        expect((await resolve()).size).toBe(0);
      },
      { timeoutMs: 5000 },
    );
  }, 10_000);
});

describe('the actor directory', () => {
  it('finds live users of the tenant they are named with', async () => {
    await createClient(db, pepper, { username: 'actor', accountId: 'T-a' });
    const found = await createActorDirectory(db).resolve([
      { tenant: 'T', username: 'actor' },
      { tenant: 'U', username: 'actor' },
      { tenant: 'T', username: 'nobody' },
      { tenant: 'T', username: 'actor' },
    ]);
    expect([...found]).toEqual([[actorKey('T', 'actor'), { username: 'actor', tenantId: 'T', accountId: 'T-a' }]]);
  });
});

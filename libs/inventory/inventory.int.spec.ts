import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database, type Tx } from '#libs/postgres';
import {
  acme,
  eventually,
  globex,
  resourceRow,
  saveInventory,
  simRow,
  standardTypeDefinitions,
  standardTypes,
  subscriberId,
  subscriberRow,
  testDatabase,
  type TestDatabase,
} from '#libs/testing';
import { accountsOf, insertAccounts, selectAccounts, shareAccounts } from './account.sql.js';
import { resourceTypeSource } from './configured-types.js';
import { accountInTree, findAccountsFor } from './find-accounts.js';
import {
  findAndShareSubscribers,
  findSubscribers,
  findSubscribersFor,
  shareSubscribers,
} from './find-subscribers.sql.js';
import { insertOffers, listOffers } from './offer.sql.js';
import { findSubscriber, readResources, readSubscriber } from './read-inventory.js';
import { lockInventory } from './lock-inventory.js';
import { selectResourceTypes } from './resource-type.sql.js';
import { wantNothing, wantSubscriber } from './wanted.js';

const waiting = 'select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))';

describe('the inventory', () => {
  let testDb: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    testDb = await testDatabase();
    database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 2 });
    const one = subscriberRow('SUB-1');
    await saveInventory(database, {
      subscribers: [one, subscriberRow('SUB-1-OF-GLOBEX', { externalId: 'SUB-1', accountId: 'GLOBEX' })],
      resources: [
        resourceRow(one, 'MSISDN', '18685550102', { version: 2, validFrom: new Date('2026-02-02T00:00:00Z') }),
        resourceRow(one, 'USERNAME', 'ana'),
      ],
      sims: [simRow(one, '89014103211118510720', { imsi: '374010123456789' })],
    });
    await database.execute(
      `insert into inventory.resource_history
         select subscriber_id, resource_id, 1, tenant_id, type, '18685550101', '2026-02-01', valid_from, gen_random_uuid()
         from inventory.resource where type = 'MSISDN'`,
    );
  });

  afterAll(async () => {
    await database.close();
    await testDb.drop();
  });

  it('has the standard resource types configured', async () => {
    const definitions = await selectResourceTypes(database);
    expect(definitions.toSorted((a, b) => a.type.localeCompare(b.type))).toEqual(standardTypeDefinitions);
    expect([...(await resourceTypeSource()(database)).keys()].sort()).toEqual([...standardTypes.keys()]);
  });

  it('inserts a tree of accounts in any order, once, and never below nothing', async () => {
    const tree = [
      { accountId: 'T-1-1', parentId: 'T-1', name: 'leaf' },
      { accountId: 'T-1', parentId: 'T', name: 'branch' },
      { accountId: 'T', name: 'root' },
      { accountId: 'T-2', parentId: 'T', name: 'branch' },
      { accountId: 'orphan', parentId: 'nowhere', name: 'orphan' },
    ];
    expect(await insertAccounts(database, tree)).toBe(4);
    expect(await insertAccounts(database, [...tree, { accountId: 'T-1-2', parentId: 'T-1', name: 'leaf' }])).toBe(1);
    expect(await accountsOf(database, 'T')).toEqual(['T', 'T-1', 'T-1-1', 'T-1-2', 'T-2']);
    expect(await accountsOf(database, 'T-1')).toEqual(['T-1', 'T-1-1', 'T-1-2']);
    expect(await accountsOf(database, 'orphan')).toEqual([]);
  });

  it.each([
    ['externalId', { externalId: 'SUB-1' }],
    ['refId', { refId: subscriberId('SUB-1') }],
    ['identifier', { identifier: { type: 'MSISDN', value: '+1 868 555 0102' } }],
    ['name of a tenant-wide type', { identifier: { type: 'USERNAME', value: 'ANA' } }],
    ['ICCID', { identifier: { type: 'ICCID', value: '89014103211118510720' } }],
  ])('finds a subscriber by its %s, for its own tenant only', async (_, reference) => {
    const found = await findSubscriber(database, standardTypes, acme, reference);
    expect(found).toMatchObject({ subscriberId: subscriberId('SUB-1'), state: 'Active', imsi: '374010123456789' });
    const foreign = await findSubscriber(database, standardTypes, globex, reference);
    expect(foreign?.subscriberId).not.toBe(subscriberId('SUB-1'));
    expect(await findSubscriber(database, standardTypes, { ...acme, accountId: 'ACME-JM' }, reference)).toBeUndefined();
  });

  it('finds many subscribers at once, each at its reference', async () => {
    const references = [
      { identifier: { type: 'MSISDN', value: '+1 868 555 0102' } },
      { externalId: 'nobody' },
      { identifier: { type: 'ICCID', value: '89014103211118510720' } },
      { identifier: { type: 'ICCID', value: '89014103211118510729' } },
      { identifier: { type: 'USERNAME', value: 'ANA' } },
      { identifier: { type: 'USERNAME', value: 'no name' } },
      { identifier: { type: 'PLATE', value: 'ana' } },
      { refId: subscriberId('SUB-1') },
      { refId: subscriberId('SUB-1') },
      { refId: subscriberId('nobody') },
      { refId: subscriberId('SUB-1-OF-GLOBEX') },
      { externalId: 'SUB-1' },
      {},
    ];
    const found = await findSubscribers(database, standardTypes, acme, references);
    const one = {
      ...{ subscriberId: subscriberId('SUB-1'), tenantId: 'ACME', accountId: 'ACME-TT' },
      accountPath: ['ACME', 'ACME-TT'],
    };
    const none = undefined;
    expect(found).toEqual([one, none, one, none, one, none, none, one, one, none, none, one, none]);
    expect(await findSubscribers(database, standardTypes, acme, [])).toEqual([]);
  });

  it('finds subscribers and accounts for several callers, each in its own tree', async () => {
    const reference = { externalId: 'SUB-1' };
    const scopes = [globex, { ...acme, accountId: 'ACME-JM' }, acme, { ...acme, accountId: 'ACME-TT' }];
    const found = await findSubscribersFor(
      database,
      standardTypes,
      scopes.map((scope) => ({ scope, reference })),
    );
    const [of1, ofGlobex] = [subscriberId('SUB-1'), subscriberId('SUB-1-OF-GLOBEX')];
    expect(found.map((subscriber) => subscriber?.subscriberId)).toEqual([ofGlobex, undefined, of1, of1]);

    const accounts = await findAccountsFor(
      database,
      scopes.map((scope) => ({ scope, accountId: 'ACME-TT' })),
    );
    expect(accounts.map((account) => account?.accountId)).toEqual([undefined, undefined, 'ACME-TT', 'ACME-TT']);
    expect(await accountInTree(database, acme, 'ACME-JM')).toBe(true);
    expect(await accountInTree(database, acme, 'nowhere')).toBe(false);
  });

  it.each([
    ['subscriber', (tx: Tx) => shareSubscribers(tx, [subscriberId('SUB-1')]), 'inventory.subscriber'],
    ['account', (tx: Tx) => shareAccounts(tx, ['ACME-TT', 'nowhere']), 'inventory.account'],
    [
      'subscriber that it finds',
      (tx: Tx) => findAndShareSubscribers(tx, standardTypes, [{ scope: acme, reference: { externalId: 'SUB-1' } }]),
      'inventory.subscriber',
    ],
  ])('holds a shared %s: others may share it, nobody may change it', async (_, share, table) => {
    await database.transaction(async (tx) => {
      await share(tx);
      await share(database);
      const lockOne = `select from ${table} where account_id = 'ACME-TT' for no key update nowait`;
      await expect(database.query(lockOne)).rejects.toMatchObject({ cause: { sqlstate: '55P03' } });
    });
  });

  it('shares what it finds once who changes it is done, and finds it as often as it is named', async () => {
    const numbers = [
      { identifier: { type: 'MSISDN', value: '18685550102' } },
      { identifier: { type: 'USERNAME', value: 'ana' } },
    ];
    const asked = [{ externalId: 'SUB-1' }, { externalId: 'NOBODY' }, ...numbers].map((reference) => ({
      scope: acme,
      reference,
    }));
    let finding: ReturnType<typeof findAndShareSubscribers> | undefined;
    await database.transaction(async (tx) => {
      await tx.execute(`update inventory.subscriber set version = version + 1 where external_id = 'SUB-1'`);
      finding = findAndShareSubscribers(database, standardTypes, asked);
      await eventually(async () => expect(await tx.query(waiting)).toHaveLength(1));
    });
    const id = subscriberId('SUB-1');
    expect((await finding)?.map((subscriber) => subscriber?.subscriberId)).toEqual([id, undefined, id, id]);
  });

  it('locks a subscriber who moves to another account meanwhile, and reads him as he is then', async () => {
    const wanted = wantNothing(standardTypes);
    wantSubscriber(wanted, 'ACME', { externalId: 'SUB-1' });
    wantSubscriber(wanted, 'ACME', { identifier: { type: 'USERNAME', value: 'ana' } });
    const heldLocks = () => Promise.resolve(new Map<string, string>());
    let locking: ReturnType<typeof lockInventory> | undefined;
    await database.transaction(async (tx) => {
      await tx.execute(
        `update inventory.subscriber set account_id = 'ACME-JM' where external_id = 'SUB-1' and account_id = 'ACME-TT'`,
      );
      locking = database.transaction((other) => lockInventory({ tx: other, heldLocks }, wanted));
      await eventually(async () => expect(await tx.query(waiting)).toHaveLength(1));
    });
    const view = await locking;
    const path = (await selectAccounts(database, ['ACME-JM']))[0]?.path;
    expect(view?.subscribers.get(subscriberId('SUB-1'))).toMatchObject({ accountId: 'ACME-JM', accountPath: path });
    await database.execute(`update inventory.subscriber set account_id = 'ACME-TT' where account_id = 'ACME-JM'`);
  });

  it('keeps offers of tenants, once each', async () => {
    const offers = [
      { tenantId: 'ACME', offerId: 'IOT-1GB', name: 'A gigabyte' },
      { tenantId: 'ACME', offerId: 'IOT-10MB', name: 'Ten megabytes' },
    ];
    const [ofAccount, ofNobody] = ['ACME-TT', 'nowhere'].map((tenantId) => ({ tenantId, offerId: 'X', name: 'X' }));
    expect(await insertOffers(database, [...offers, ofAccount!, ofNobody!])).toBe(2);
    expect(await insertOffers(database, offers)).toBe(0);
    expect(await listOffers(database, 'ACME')).toEqual(offers.toReversed());
    expect(await listOffers(database, 'GLOBEX')).toEqual([]);
  });

  it('reads a subscriber with its SIM, resources and offers', async () => {
    await insertOffers(database, [{ tenantId: 'ACME', offerId: 'IOT-10MB', name: 'Ten megabytes' }]);
    await database.execute(
      `insert into inventory.subscriber_offer values (gen_random_uuid(), $1, 'ACME', 'IOT-10MB', 1, '2026-02-03')`,
      [subscriberId('SUB-1')],
    );
    expect(await readSubscriber(database, standardTypes, acme, { externalId: 'SUB-1' })).toMatchObject({
      ...{ subscriberId: subscriberId('SUB-1'), iccid: '89014103211118510720' },
      firstActivatedAt: new Date('2026-02-01T00:00:00Z'),
      resources: [
        { type: 'MSISDN', value: '18685550102' },
        { type: 'USERNAME', value: 'ana' },
      ],
      offers: [{ offerId: 'IOT-10MB', name: 'Ten megabytes', attachedAt: new Date('2026-02-03T00:00:00Z') }],
    });
    const foreign = { refId: subscriberId('SUB-1') };
    expect(await readSubscriber(database, standardTypes, globex, foreign)).toBeUndefined();
  });

  it('reads the resources a subscriber has, and had', async () => {
    const reference = { externalId: 'SUB-1' };
    const read = (query: object) =>
      readResources(database, standardTypes, acme, { reference, historyIncluded: true, page: 0, size: 10, ...query });
    const current = await read({ historyIncluded: false });
    expect(current.resources.map(({ value, validTo }) => [value, validTo])).toEqual([
      ['18685550102', null],
      ['ana', null],
    ]);
    const all = await read({ resourceType: 'MSISDN' });
    expect(all).toMatchObject({ total: 2, subscriber: { externalId: 'SUB-1' } });
    expect(all.resources).toMatchObject([
      { value: '18685550102', version: 2, validFrom: new Date('2026-02-02T00:00:00Z'), validTo: null },
      { value: '18685550101', version: 1, validTo: new Date('2026-02-02T00:00:00Z') },
    ]);
    expect(new Set(all.resources.map(({ id }) => id)).size).toBe(1);
    expect(await read({ page: 1, size: 2 })).toMatchObject({ total: 3, resources: [{ value: 'ana' }] });
    expect(await read({ page: 5 })).toMatchObject({ total: 3, resources: [] });
    await expect(read({ reference: { externalId: 'nobody' } })).rejects.toMatchObject({ code: 'SUBSCRIBER_NOT_FOUND' });
  });

  it('refuses a step of the normal form that the code does not have', async () => {
    const row = `('PLATE', 'tenant', '{upside-down}', '.*')`;
    await expect(database.execute(`insert into inventory.resource_type values ${row}`)).rejects.toThrow();
  });
});

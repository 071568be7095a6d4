import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '#libs/postgres';
import {
  acme,
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
import { accountsOf, insertAccounts } from './account.sql.js';
import { resourceTypeSource } from './configured-types.js';
import { findSubscriber, readResources } from './read-inventory.js';
import { selectResourceTypes } from './resource-type.sql.js';

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

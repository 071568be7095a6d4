import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database, type Tx } from '#libs/postgres';
import { saveLargeInventory, sequentialScans, testDatabase, type TestDatabase } from '#libs/testing';
import { describeService, listServices, readService, type ServiceFilter } from './index.js';

let testDb: TestDatabase;
let database: Database;

/** Of a hundred thousand 999 are in Jamaica, and every tenth is described. */
beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 2 });
  await saveLargeInventory(database, 100_000);
  // As in a fleet of many customers: what the planner knows of two accounts tells it to read all.
  await database.execute(
    `insert into inventory.account (account_id, tenant_id, parent_id, name, path)
     select 'ACME-' || n, 'ACME', 'ACME', 'Customer', array['ACME', 'ACME-' || n] from generate_series(1, 100) as n`,
  );
  await database.execute(
    `update inventory.subscriber set account_id = 'ACME-' || 1 + substr(external_id, 3)::int % 100`,
  );
  await database.execute(`update inventory.subscriber set account_id = 'ACME-JM' where external_id like '%07'`);
  await database.execute(
    `insert into inventory.service_description (tenant_id, external_id, attributes)
     select tenant_id, external_id, jsonb_build_object('name', 'Router ' || external_id) from inventory.subscriber
     where external_id like '%7'`,
  );
  await database.execute('vacuum analyze inventory.account, inventory.subscriber, inventory.service_description');
}, 120_000);

afterAll(async () => {
  await database.close();
  await testDb.drop();
});

const inJamaica = { tenantId: 'ACME', accountId: 'ACME-JM' };

const list = (tx: Tx, filter: ServiceFilter = {}, offset = 0) =>
  listServices(tx, inJamaica, filter, { offset, limit: 20 });

describe('no plan reads a large table as a whole for', () => {
  const tables = ['sim', 'subscriber', 'resource', 'service_description'];
  const scansOf = (work: (tx: Tx) => Promise<unknown>) => sequentialScans(database, tables, work);

  it('the pages of an account of a thousand services, whatever the filter', async () => {
    const scans = await scansOf(async (tx) => {
      expect(await list(tx, {}, 980)).toMatchObject({ total: 999 });
      expect(await list(tx, { states: ['Active'] })).toMatchObject({ total: 999 });
      expect(await list(tx, { attributes: { name: 'Router L-107' } })).toMatchObject({ total: 1 });
    });
    expect(scans).toEqual([]);
  });

  it('one service, and what is said of it', async () => {
    const scans = await scansOf(async (tx) => {
      const { services } = await list(tx, { attributes: { name: 'Router L-207' } });
      const [found] = services;
      expect(await list(tx, { id: found?.subscriberId ?? '' })).toMatchObject({ total: 1 });
      await describeService(tx, { tenantId: 'ACME', externalId: 'L-207' }, { category: 'router' });
      expect(await readService(tx, inJamaica, found?.subscriberId ?? '')).toMatchObject({
        attributes: { name: 'Router L-207', category: 'router' },
      });
    });
    expect(scans).toEqual([]);
  });
});

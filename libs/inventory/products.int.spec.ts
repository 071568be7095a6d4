import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { simStatuses } from '#libs/contracts';
import { openDatabase, type Database, type Tx } from '#libs/postgres';
import {
  acme,
  globex,
  resourceRow,
  saveInventory,
  saveLargeInventory,
  sequentialScans,
  simRow,
  subscriberRow,
  testDatabase,
  type TestDatabase,
  watched,
} from '#libs/testing';
import { listProducts, readProducts, type AccountScope, type ProductQuery, type Subscriber } from './index.js';

let testDb: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 2 });
  await saveLargeInventory(database, 100_000);
  await database.execute(`update inventory.sim set account_id = 'ACME-JM' where iccid like '%07'`);
  await saveInventory(database, { subscribers, resources, sims });
  await database.execute('analyze inventory.sim');
}, 120_000);

afterAll(async () => {
  await database.close();
  await testDb.drop();
});

const inJamaica = { tenantId: 'ACME', accountId: 'ACME-JM' };
const of = (externalId: string, row: Partial<Subscriber> = {}): Subscriber =>
  subscriberRow(externalId, { accountId: 'GLOBEX', tenantId: 'GLOBEX', accountPath: ['GLOBEX'], ...row });

const subscribers = [of('G-1'), of('G-2', { platform: 'TMSP', state: 'Inactive' }), of('G-3', { platform: null })];
const [first, second, third] = subscribers as [Subscriber, Subscriber, Subscriber];
const iccidOf = (n: number): string => `88010000000000000${n}`;
const colour = { name: 'colour', value: 'blue' };
const sims = [
  simRow(first, iccidOf(1), { imsi: '222013090963830', customProperties: [colour] }),
  simRow(second, iccidOf(2), { status: 'INACTIVE', firstActivatedAt: null }),
  simRow(third, iccidOf(3)),
];
const resources = [
  resourceRow(first, 'MSISDN', '18685550101'),
  resourceRow(first, 'IMSI', '222013090963830'),
  resourceRow(first, 'EMAIL', 'a@example.com'),
];

const list = (query: Partial<ProductQuery> = {}, tx: Tx = database, scope: AccountScope = globex) =>
  listProducts(tx, scope, { pageNumber: 1, pageSize: 10, ...query });

describe('products', () => {
  it('are the SIMs of the account tree that have a platform', async () => {
    expect(await list()).toEqual({
      total: 2,
      products: [
        {
          ...{ platform: 'JASPER', iccid: iccidOf(1), accountId: 'GLOBEX', state: 'Active', imsi: '222013090963830' },
          ...{ status: 'ACTIVE', firstActivatedAt: sims[0]?.firstActivatedAt, customProperties: [colour] },
          identifiers: [
            { type: 'IMSI', value: '222013090963830' },
            { type: 'MSISDN', value: '18685550101' },
          ],
        },
        {
          ...{ platform: 'TMSP', iccid: iccidOf(2), accountId: 'GLOBEX', state: 'Inactive', imsi: null },
          ...{ status: 'INACTIVE', firstActivatedAt: null, customProperties: [], identifiers: [] },
        },
      ],
    });
    expect(await list({}, database, { ...globex, accountId: 'nowhere' })).toEqual({ total: 0, products: [] });
  });

  it('are counted over all pages, also beyond the last one and where a filter leaves none', async () => {
    expect(await list({ pageSize: 1, pageNumber: 2 })).toMatchObject({ total: 2, products: [{ platform: 'TMSP' }] });
    expect(await list({ pageNumber: 3 })).toEqual({ total: 2, products: [] });
    expect(await list({ status: 'INACTIVE' })).toMatchObject({ total: 1, products: [{ iccid: iccidOf(2) }] });
    expect(await list({ platform: 'JASPER' })).toMatchObject({ total: 1, products: [{ iccid: iccidOf(1) }] });
    expect(await list({ platform: 'JASPER', status: 'TERMINATED' })).toEqual({ total: 0, products: [] });
  });

  it('come in one order over accounts and pages', async () => {
    const pages = [1, 2, 3].map((pageNumber) => list({ pageNumber, pageSize: 100 }, database, acme));
    const products = (await Promise.all(pages)).flatMap((page) => page.products);
    const names = products.map(({ accountId, iccid }) => `${accountId} ${iccid}`);
    expect(names).toEqual([...new Set(names)].sort());
    expect(names).toHaveLength(300);
  });

  it('are found by their names, in the order asked', async () => {
    const names = [
      { platform: 'TMSP', iccid: iccidOf(2) },
      { platform: 'JASPER', iccid: iccidOf(2) },
      { platform: 'JASPER', iccid: iccidOf(1) },
      { platform: 'TMSP', iccid: iccidOf(2) },
    ];
    const found = await readProducts(database, globex, names);
    expect(found.map((product) => product?.iccid)).toEqual([iccidOf(2), undefined, iccidOf(1), iccidOf(2)]);
    expect(await readProducts(database, acme, names)).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('beside 100,000 SIMs, by indexes go', () => {
  const scansOf = (work: (tx: Tx) => Promise<unknown>) =>
    sequentialScans(database, ['sim', 'subscriber', 'resource'], work);

  it('the pages of an account of a thousand SIMs, whatever the filter', async () => {
    const scans = await scansOf(async (tx) => {
      expect(await list({ pageNumber: 10, pageSize: 100 }, tx, inJamaica)).toMatchObject({ total: 1000 });
      for (const status of simStatuses) await list({ status, platform: 'JASPER' }, tx, inJamaica);
    });
    expect(scans).toEqual([]);
  });

  it('the reading of a thousand by their names', async () => {
    const names = Array.from({ length: 1000 }, (_, n) => ({
      platform: 'JASPER',
      iccid: `8901${String(7 + n * 100).padStart(16, '0')}`,
    }));
    const scans = await scansOf(async (tx) => {
      expect((await readProducts(tx, inJamaica, names)).filter((product) => product)).toHaveLength(1000);
    });
    expect(scans).toEqual([]);
  });

  it('the first page of all, whose SIMs are not sorted', async () => {
    const plans: string[] = [];
    const explained = watched(database, async ({ sql, parameters }) =>
      plans.push(JSON.stringify(await database.query(`explain (analyze, format json) ${sql}`, parameters))),
    );
    expect(await list({}, explained, acme)).toMatchObject({ total: 100_000 });
    expect(plans.join()).toContain('sim_account');
    expect(plans.join()).not.toMatch(/"Sort Space Used":\d{3,}/);
  });
});

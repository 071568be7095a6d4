import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readResources, resourceTypeSource } from '#libs/inventory';
import { openDatabase, type Database } from '#libs/postgres';
import {
  acme,
  command,
  saveLargeInventory,
  sequentialScans,
  standardTypes,
  testDatabase,
  type TestDatabase,
} from '#libs/testing';
import { handlerContext } from '#libs/transactions';
import { createSubscriberResource } from './create/create-resource.handler.js';
import { deleteSubscriberResource } from './delete/delete-resource.handler.js';
import { swapSubscriberResource } from './swap/swap-resource.handler.js';

const count = 100_000;
const largeTables = ['subscriber', 'sim', 'resource', 'resource_history'];
const types = resourceTypeSource();

const subscriberOf = (n: number) => ({ externalId: `L-${n}` });
const numberOf = (n: number) => String(1_000_000_000 + n);
const each = <T>(make: (n: number) => T): T[] => Array.from({ length: 1000 }, (_, i) => make(1 + i * 97));

describe('on large tables, a batch of a thousand', () => {
  let testDb: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    testDb = await testDatabase();
    database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 2 });
    await saveLargeInventory(database, count);
  });

  afterAll(async () => {
    await database.close();
    await testDb.drop();
  });

  const common = { requestId: 'r', resourceType: 'MSISDN' };

  it('swaps to free numbers go by indexes', async () => {
    const commands = each((n) =>
      command('SwapSubscriberResource', {
        ...common,
        ...{ subscriber: subscriberOf(n), swapResource: numberOf(n), resource: numberOf(n + count) },
      }),
    );
    const scans = await sequentialScans(database, largeTables, async (tx) => {
      const decisions = await swapSubscriberResource(types)(commands, handlerContext(tx));
      expect(decisions.filter(({ status }) => status === 'COMPLETED')).toHaveLength(1000);
    });
    expect(scans).toEqual([]);
  });

  it('swaps that name subscribers by number and want what others hold go by indexes', async () => {
    const commands = each((n) =>
      command('SwapSubscriberResource', {
        ...common,
        subscriber: { identifier: { type: 'USERNAME', value: `l-${n}` } },
        ...{ swapResource: numberOf(n), resource: numberOf(n + 1) },
      }),
    );
    const scans = await sequentialScans(database, largeTables, async (tx) => {
      const decisions = await swapSubscriberResource(types)(commands, handlerContext(tx));
      expect(decisions.filter(({ status }) => status === 'REJECTED')).toHaveLength(1000);
    });
    expect(scans).toEqual([]);
  });

  it('creations and deletions go by indexes', async () => {
    const resource = (n: number, value: string) => ({ ...common, subscriber: subscriberOf(n), resource: value });
    const creations = each((n) => command('CreateSubscriberResource', resource(n, numberOf(n + count))));
    const deletions = each((n) => command('DeleteSubscriberResource', resource(n, numberOf(n))));
    const scans = await sequentialScans(database, largeTables, async (tx) => {
      await createSubscriberResource(types)(creations, handlerContext(tx));
      const decisions = await deleteSubscriberResource(types)(deletions, handlerContext(tx));
      expect(decisions.filter(({ status }) => status === 'COMPLETED')).toHaveLength(1000);
    });
    expect(scans).toEqual([]);
  });

  it('or a single read with history, goes by indexes', async () => {
    const query = { reference: subscriberOf(1), historyIncluded: true, page: 0, size: 10 };
    const scans = await sequentialScans(database, largeTables, async (tx) => {
      expect(await readResources(tx, standardTypes, acme, query)).toMatchObject({ total: 3 });
    });
    expect(scans).toEqual([]);
  });
});

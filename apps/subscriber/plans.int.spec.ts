import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { resourceTypeSource } from '#libs/inventory';
import { openDatabase, type Database } from '#libs/postgres';
import { command, saveLargeInventory, sequentialScans, testDatabase, type TestDatabase } from '#libs/testing';
import { handlerContext } from '#libs/transactions';
import { createSubscriber } from './create/create-subscriber.handler.js';
import { changeSubscriberStatus } from './status/change-status.handler.js';

const largeTables = ['subscriber', 'sim', 'resource', 'resource_history'];
const types = resourceTypeSource();
const each = <T>(make: (n: number) => T): T[] => Array.from({ length: 1000 }, (_, i) => make(1 + i * 97));

describe('on large tables, a batch of a thousand', () => {
  let testDb: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    testDb = await testDatabase();
    database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 2 });
    await saveLargeInventory(database, 100_000);
  });

  afterAll(async () => {
    await database.close();
    await testDb.drop();
  });

  it('new subscribers go by indexes', async () => {
    const commands = each((n) =>
      command('CreateSubscriber', {
        ...{ requestId: 'r', externalId: `NEW-${n}`, accountId: 'ACME-TT' },
        sim: { iccid: `8902${String(n).padStart(16, '0')}`, imsi: `37401${String(n).padStart(10, '0')}` },
      }),
    );
    const scans = await sequentialScans(database, largeTables, async (tx) => {
      const decisions = await createSubscriber(types)(commands, handlerContext(tx));
      expect(decisions.filter(({ status }) => status === 'COMPLETED')).toHaveLength(1000);
    });
    expect(scans).toEqual([]);
  });

  it('changed states go by indexes', async () => {
    const commands = each((n) =>
      command('ChangeSubscriberStatus', {
        ...{ requestId: 'r', subscriber: { externalId: `L-${n}` }, state: 'Suspended' as const },
      }),
    );
    const scans = await sequentialScans(database, largeTables, async (tx) => {
      const decisions = await changeSubscriberStatus(types)(commands, handlerContext(tx));
      expect(decisions.flatMap((decision) => (decision.status === 'COMPLETED' ? decision.changes : []))).toHaveLength(
        2000,
      );
    });
    expect(scans).toEqual([]);
  });
});

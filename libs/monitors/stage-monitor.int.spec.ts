import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SimyardError } from '#libs/errors';
import { runRetention } from '#libs/operations';
import { openDatabase, type Database } from '#libs/postgres';
import { newId } from '#libs/runtime';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { stageMonitor, type NewMonitor } from './stage-monitor.sql.js';

const iccid = '8988228066600000001';
const request = { method: 'PATCH', body: [], headers: [] };
let testDb: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 10 });
});

afterAll(async () => {
  await database.close();
  await testDb.drop();
});

const stage = (changes: Partial<NewMonitor> = {}): Promise<string> =>
  database.transaction((tx) =>
    stageMonitor(tx, {
      ...{ operationId: newId(), tenantId: 'ACME', accountId: 'ACME', iccid, productId: `TMSP-${iccid}-simCard` },
      request,
      ...changes,
    }),
  );

const seconds = (ids: string[]): number[] =>
  ids.map((id) => Number(/^8988228066600000001-(\d+)-monitor$/.exec(id)?.[1])).sort((a, b) => a - b);

describe('stageMonitor', () => {
  it('gives each of twenty at once an id of its own, of the second or the next free one', async () => {
    const before = Math.floor(Date.now() / 1000);
    const got = seconds(await Promise.all(Array.from({ length: 20 }, () => stage())));
    expect(new Set(got).size).toBe(20);
    expect(got[0]).toBeGreaterThanOrEqual(before);
    expect(got.at(-1)).toBeLessThanOrEqual(Math.floor(Date.now() / 1000) + 20);
  });

  it('leaves ids of another tenant alone', async () => {
    const before = Math.floor(Date.now() / 1000);
    const [other] = seconds([await stage({ tenantId: 'OTHER', accountId: 'OTHER' })]);
    expect(other).toBeGreaterThanOrEqual(before);
    expect(other).toBeLessThanOrEqual(Math.floor(Date.now() / 1000));
  });

  it('keeps nothing when the transaction is rolled back', async () => {
    const operationId = newId();
    const broken = database.transaction(async (tx) => {
      await stageMonitor(tx, { operationId, tenantId: 'ACME', accountId: 'ACME', iccid, productId: null, request });
      throw new SimyardError('LOCKED');
    });
    await expect(broken).rejects.toMatchObject({ code: 'LOCKED' });
    expect(await database.query('select from operations.monitor where operation_id = $1', [operationId])).toEqual([]);
  });

  it('is removed with the operations of its time', async () => {
    const operationId = newId();
    await stage({ operationId });
    await database.execute(
      `update operations.monitor set created_at = now() - interval '91 days' where operation_id = $1`,
      [operationId],
    );
    expect(await runRetention(database, { retentionDays: 90 })).toMatchObject({ monitorsDeleted: 1 });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Plain, PlatformChange } from '#libs/contracts';
import { openDatabase, type Database, type Tx } from '#libs/postgres';
import { command, saveLargeInventory, sequentialScans, testDatabase, type TestDatabase } from '#libs/testing';
import { handlerContext, type Decision } from '#libs/transactions';
import { recordPlatformResponses } from './platform-response/record-platform-responses.handler.js';
import { recordSimStates } from './sim-state/record-sim-states.handler.js';

const largeTables = ['subscriber', 'sim', 'resource', 'request'];

interface Told {
  operationId: string;
  iccid: string;
  subscriberId: string;
}

describe('on large tables, a batch of a thousand', () => {
  let testDb: TestDatabase;
  let database: Database;
  let told: Told[];

  beforeAll(async () => {
    testDb = await testDatabase();
    database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 2 });
    await saveLargeInventory(database, 100_000);
    // Ended, and not settled: the worst for who looks for those.
    await database.execute(
      `insert into platforms.request (operation_id, tenant_id, actor, correlation_id, lane, platform, iccid, subscriber_id, change,
         state, created_at, updated_at, ended_at)
       select gen_random_uuid(), tenant_id, 'acme-crm', 'c', 1, platform, iccid, subscriber_id,
         '{"kind":"status","status":"SUSPENDED"}', 'DONE', now(), now(), now()
       from inventory.sim`,
    );
    await database.execute('analyze platforms.request');
    told = await database.query<Told>(
      `select operation_id as "operationId", iccid, subscriber_id as "subscriberId" from platforms.request limit 1000`,
    );
  });

  afterAll(async () => {
    await database.close();
    await testDb.drop();
  });

  const responses = (tx: Tx, change: Plain<PlatformChange>): Promise<Decision[]> =>
    recordPlatformResponses(
      told.map(({ operationId, ...sim }) => {
        const answer = { ...sim, platform: 'JASPER', change, state: 'DONE', statusCode: 200, message: '' } as const;
        return { ...command('RecordPlatformResponse', answer), operationId };
      }),
      handlerContext(tx),
    );
  const customProperties = [{ name: 'colour', value: 'Blue' }];

  it.each<[string, (tx: Tx) => Promise<Decision[]>]>([
    ['statuses', (tx) => responses(tx, { kind: 'status', status: 'SUSPENDED' })],
    ['custom properties', (tx) => responses(tx, { kind: 'custom-properties', customProperties })],
    ['transfers', (tx) => responses(tx, { kind: 'account', account: 'ACME-JM' })],
    [
      'SIMs as they were found',
      (tx) =>
        recordSimStates(
          told.map((one) =>
            command('RecordSimState', { ...one, platform: 'JASPER', sim: { status: 'SUSPENDED', customProperties } }),
          ),
          handlerContext(tx),
        ),
    ],
  ])('%s go by indexes', async (_, handle) => {
    const scans = await sequentialScans(database, largeTables, async (tx) => {
      const decisions = await handle(tx);
      expect(
        decisions.filter((decision) => decision.status === 'COMPLETED' && decision.changes.length > 0),
      ).toHaveLength(1000);
      const settled = await tx.query('select from platforms.request where settled limit 2000');
      expect(settled).toHaveLength(1000);
    });
    expect(scans.filter((scan) => !scan.includes('limit 2000'))).toEqual([]);
  });
});

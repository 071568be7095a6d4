import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { renewClientSecret, stageCallback } from '#libs/callbacks';
import { loadConfig } from '#libs/config';
import { monitorRequest, stageMonitor } from '#libs/monitors';
import { endOperations, insertOperations } from '#libs/operations';
import { openDatabase, type Database } from '#libs/postgres';
import { createLogger, Health } from '#libs/runtime';
import { eventually, operationRow, saveAccounts, testBrokers, testDatabase, type TestDatabase } from '#libs/testing';
import { startCallbacks } from './start-callbacks.js';
import { startReceiver, type Receiver } from './testing/receiver.js';

const pepper = 'p'.repeat(32);
const facadeUrl = 'https://cmo.example/connection-management-orchestrator/v5';

let testDb: TestDatabase;
let database: Database;
let receiver: Receiver;

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 2 });
  await saveAccounts(database);
  receiver = await startReceiver();
});

afterAll(async () => {
  await receiver.close();
  await database.close();
  await testDb.drop();
});

const start = () =>
  startCallbacks({
    config: loadConfig({
      ...{ DATABASE_URL: testDb.url, KAFKA_BROKERS: testBrokers().join(','), SIMYARD_SECRET_PEPPER: pepper },
      SIMYARD_CALLBACK_ALLOW: '127.0.0.0/8',
    }),
    log: createLogger('spec', 'silent'),
    health: new Health(),
  });

/** An operation of CMO that has begun, and of which its client is to be told at the receiver. */
async function begun(): Promise<{ operationId: string; monitorId: string }> {
  const row = operationRow({ facade: 'cmo', action: 'ChangeSimStatus' });
  const { operationId, tenantId, accountId } = row;
  await insertOperations(database, [row]);
  const product = { iccid: '8988228066600000001', productId: 'TMSP-8988228066600000001-simCard' };
  const request = monitorRequest('PATCH', [], {});
  const monitorId = await stageMonitor(database, { operationId, tenantId, accountId, ...product, request });
  const url = new URL(receiver.url);
  await stageCallback(database, { operationId, tenantId, accountId, clientId: 'crm', facadeUrl, url });
  return { operationId, monitorId };
}

const end = (operationId: string): Promise<void> =>
  endOperations(database, [
    {
      ...{ operationId, status: 'COMPLETED', endedAt: new Date() },
      ...{ businessTransactionId: null, response: null, error: null },
    },
  ]);

describe('a monitor', () => {
  it('tells of what ends while it runs, and of what ended while none did, with the monitor of each', async () => {
    await renewClientSecret(database, pepper, 'crm');
    const [before, during] = [await begun(), await begun()];
    await end(before.operationId);
    const callbacks = await start();
    try {
      await eventually(() => {
        expect(receiver.requests).toHaveLength(1);
      });
      await end(during.operationId);
      await eventually(() => {
        expect(receiver.requests).toHaveLength(2);
      });
    } finally {
      await callbacks.stop();
    }
    const monitors = receiver.requests.map(
      ({ body }) => (JSON.parse(body) as { event: { monitor: object } }).event.monitor,
    );
    expect(monitors).toEqual(
      [before, during].map(({ monitorId }) =>
        expect.objectContaining({ id: monitorId, href: `${facadeUrl}/ACME/monitor/${monitorId}`, state: 'DONE' }),
      ),
    );
    // What was under way when it was told to stop has been recorded.
    expect(await database.query('select distinct state from callbacks.delivery')).toEqual([{ state: 'DELIVERED' }]);
  });
});

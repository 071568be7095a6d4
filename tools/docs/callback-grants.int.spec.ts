import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from '#libs/access';
import {
  claimDeliveries,
  deleteCallbacksOf,
  deleteOldDeliveries,
  deleteSubscription,
  hasClientSecret,
  listDeliveries,
  listSubscriptions,
  recordAttempts,
  renewClientSecret,
  retryDelivery,
  stageCallback,
  subscribe,
  sweepWaiting,
} from '#libs/callbacks';
import { insertAccounts } from '#libs/inventory';
import { monitorRequest, readMonitors, stageMonitor } from '#libs/monitors';
import { endOperations, insertOperations } from '#libs/operations';
import type { Database } from '#libs/postgres';
import { operationRow } from '#libs/testing';
import { grantedDatabase, type GrantedDatabase, type Service } from './testing/granted-database.js';

const pepper = 'p'.repeat(32);
const first = '00000000-0000-0000-0000-000000000000';

let granted: GrantedDatabase;

beforeAll(async () => {
  granted = await grantedDatabase();
});

afterAll(() => granted.drop());

const as = (service: Service): Database => granted.as(service);

/** Each test runs what the service itself runs; they build on each other. */
describe('with deploy/postgres/grants.sql', () => {
  const row = operationRow({ facade: 'cmo', action: 'ChangeSimStatus' });
  const { operationId } = row;
  let client: { clientId: string; tenantId: string; accountId: string };
  let deliveryId: string;

  it('the command line makes a secret that signs callbacks', async () => {
    await insertAccounts(as('cli'), [{ accountId: 'ACME', name: 'Acme' }]);
    client = await createClient(as('cli'), pepper, { username: 'crm', accountId: 'ACME' });
    await renewClientSecret(as('cli'), pepper, client.clientId);
    expect(await renewClientSecret(as('cli'), pepper, client.clientId)).toHaveLength(43);
  });

  it('gateway subscribes, and stages what callers are to be told', async () => {
    const gateway = as('gateway');
    const target = { callback: 'https://example.com/', query: null };
    const { subscriptionId } = await gateway.transaction((tx) => subscribe(tx, pepper, client, target));
    expect(await listSubscriptions(gateway, client.clientId)).toHaveLength(1);
    expect(await hasClientSecret(gateway, client.clientId)).toBe(true);
    await insertOperations(gateway, [row]);
    const { accountId, tenantId } = row;
    const [iccid, request] = ['8901', monitorRequest('PATCH', [], {})];
    await stageMonitor(gateway, { operationId, accountId, tenantId, iccid, productId: 'TMSP-8901-simCard', request });
    const url = new URL('https://example.com/once');
    expect(await stageCallback(gateway, { ...client, operationId, facadeUrl: '', url })).toBe(2);
    expect(await deleteSubscription(gateway, client.clientId, subscriptionId)).toBe(true);
  });

  it('monitor finds what has ended, reads its monitor and records attempts', async () => {
    const monitor = as('monitor');
    const blank = { status: 'COMPLETED', businessTransactionId: null, response: null, error: null } as const;
    await endOperations(monitor, [{ ...blank, operationId, endedAt: new Date() }]);
    expect(await sweepWaiting(monitor, first, 10)).toMatchObject({ due: 2 });
    const wish = { limit: 10, perHost: 10, room: new Map<string, number>(), afterHost: '', leaseMs: 1000 };
    const claimed = await claimDeliveries(monitor, wish);
    expect(claimed).toHaveLength(2);
    expect((await readMonitors(monitor, [operationId])).get(operationId)).toMatchObject({ status: 'COMPLETED' });
    const result = { attemptedAt: new Date(), status: 500, durationMs: 1, error: 'HTTP 500' };
    await recordAttempts(
      monitor,
      claimed.map((one) => ({ ...one, ...result, step: { state: 'GIVEN_UP' } })),
    );
    deliveryId = claimed[0]!.deliveryId;
  });

  it('gateway shows attempts, and has what was given up tried again', async () => {
    const page = await listDeliveries(as('gateway'), 'ACME', { limit: 10 });
    expect(page.map(({ log }) => log.length)).toEqual([1, 1]);
    expect(await retryDelivery(as('gateway'), 'ACME', deliveryId)).toBe(true);
  });

  it('the command line ends the callbacks of a client, and monitor removes what is old', async () => {
    await deleteCallbacksOf(as('cli'), client.clientId);
    expect(await deleteOldDeliveries(as('monitor'), -1, 10)).toBe(2);
  });

  it.each<[Service, string]>([
    ['gateway', 'select sealed_secret from callbacks.client_secret'],
    ['gateway', "update callbacks.delivery set url = ''"],
    ['gateway', 'delete from callbacks.delivery'],
    ['monitor', 'delete from callbacks.subscription'],
    ['monitor', "update callbacks.client_secret set sealed_secret = ''"],
    ['subscriber', 'select from callbacks.delivery'],
    ['platform_connector', 'select from callbacks.subscription'],
    ['cli', 'select from callbacks.delivery'],
  ])('%s may not: %s', async (service, statement) => {
    await expect(as(service).query(statement)).rejects.toMatchObject({ cause: { sqlstate: '42501' } });
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import {
  claimDeliveries,
  createUrlGuard,
  listDeliveries,
  renewClientSecret,
  stageCallback,
  subscribe,
  type Resolve,
} from '#libs/callbacks';
import { endOperations, insertOperations } from '#libs/operations';
import { createSeal, signCallback } from '#libs/platforms';
import { openDatabase, type Database } from '#libs/postgres';
import { createLogger } from '#libs/runtime';
import { eventually, operationRow, saveAccounts, testDatabase, watched, type TestDatabase } from '#libs/testing';
import { createCallbackClient } from './callback-client.js';
import { createDeliverer, type Deliverer, type DelivererParts } from './deliverer.js';
import { createSweeper } from './sweeper.js';
import { startReceiver, type Receiver } from './testing/receiver.js';

const pepper = 'p'.repeat(32);
const client = { clientId: 'crm', tenantId: 'ACME', accountId: 'ACME-TT' };
const log = createLogger('spec', 'silent');

let testDb: TestDatabase;
let database: Database;
let receiver: Receiver;
let secret: string;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 4 });
  await saveAccounts(database);
  secret = await renewClientSecret(database, pepper, client.clientId);
});

beforeEach(async () => {
  await database.execute('truncate callbacks.subscription, callbacks.delivery, callbacks.attempt');
  receiver = await startReceiver();
});

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await receiver.close();
});

afterAll(async () => {
  await database.close();
  await testDb.drop();
});

interface Monitor {
  deliverer: Deliverer;
  /** passes until nothing is found, and what they have begun has ended */
  work: () => Promise<void>;
}

/** What a monitor process runs, with pauses of ten milliseconds between attempts. */
function monitor(
  changes: Partial<DelivererParts> & { resolve?: Resolve; allow?: string[]; timeoutMs?: number } = {},
): Monitor {
  const { resolve = () => Promise.resolve(['127.0.0.1']), allow = ['127.0.0.0/8'], timeoutMs = 1000 } = changes;
  const callbackClient = createCallbackClient(createUrlGuard(allow), resolve, timeoutMs);
  closing.push(() => callbackClient.close());
  const sweep = createSweeper(database);
  const deliverer = createDeliverer({
    ...{ database, client: callbackClient, log, seal: createSeal(pepper), limits: { all: 20, perHost: 8 } },
    ...{ policy: { attempts: 3, backoffMs: 10 }, leaseMs: 60_000, wake: () => undefined },
    render: (deliveries) =>
      Promise.resolve(new Map(deliveries.map(({ deliveryId, operationId }) => [deliveryId, { id: operationId }]))),
    ...changes,
  });
  const work = async (): Promise<void> => {
    while ((await sweep()).more);
    while ((await deliverer.runOnce()) > 0) await deliverer.finish();
  };
  return { deliverer, work };
}

/** An operation that has ended, and of which the client is to be told at this URL; at those he has subscribed alone, when it is empty. */
async function ended(url = receiver.url): Promise<string> {
  const row = operationRow();
  await insertOperations(database, [row]);
  const { operationId } = row;
  await stageCallback(database, { ...client, operationId, facadeUrl: '', url: url === '' ? undefined : new URL(url) });
  const end = { status: 'COMPLETED', businessTransactionId: null, response: null, error: null } as const;
  await endOperations(database, [{ ...end, operationId, endedAt: new Date() }]);
  return operationId;
}

const deliveriesOf = (operationId: string) => listDeliveries(database, 'ACME', { operationId, limit: 10 });
const deliveryOf = async (operationId: string) => (await deliveriesOf(operationId))[0];

/** Works until the delivery has this state. */
const until = (operationId: string, state: string, { work }: Monitor) =>
  eventually(async () => {
    await work();
    const delivery = await deliveryOf(operationId);
    expect(delivery).toMatchObject({ state });
    return delivery!;
  });

describe('the caller', () => {
  it('is told once, by a signed event', async () => {
    const operationId = await ended();
    const { work } = monitor();
    await work();
    await work();
    expect(receiver.requests).toHaveLength(1);
    const { headers, body } = receiver.requests[0]!;
    const timestamp = String(headers['x-simyard-timestamp']);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-simyard-signature': signCallback(secret, timestamp, body),
    });
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(300);
    const { deliveryId } = (await deliveryOf(operationId))!;
    expect(JSON.parse(body)).toEqual({
      eventId: deliveryId,
      eventTime: expect.stringMatching(/^\d{4}-.*Z$/),
      eventType: 'MonitorStateChangeEvent',
      correlationId: operationId,
      event: { monitor: { id: operationId } },
    });
    expect(await deliveryOf(operationId)).toMatchObject({
      ...{ state: 'DELIVERED', attempts: 1, lastStatus: 204, lastError: null },
      log: [{ number: 1, status: 204, error: null }],
    });
  });

  it('is told at each URL that he has subscribed, each signed by its own secret; another client’s is left alone', async () => {
    const at = (path: string) => ({ callback: `${receiver.url}${path}`, query: null });
    const own = await database.transaction((tx) => subscribe(tx, pepper, client, at('own')));
    const other = { ...client, clientId: 'portal' };
    await database.transaction((tx) => subscribe(tx, pepper, other, at('other')));
    const operationId = await ended();
    await monitor().work();
    expect(receiver.requests.map(({ url }) => url).sort()).toEqual(['/', '/own']);
    const [toOwn] = receiver.requests.filter(({ url }) => url === '/own');
    const { 'x-simyard-timestamp': timestamp, 'x-simyard-signature': signature } = toOwn!.headers;
    expect(signature).toBe(signCallback(own.secret, String(timestamp), toOwn!.body));
    expect((await deliveriesOf(operationId)).map(({ state }) => state)).toEqual(['DELIVERED', 'DELIVERED']);
  });

  it.each([
    ['an error', 500, 'HTTP 500'],
    ['a refusal', 404, 'HTTP 404'],
    ['a reset connection', 'reset', 'UND_ERR_SOCKET'],
    ['no answer', 'hang', 'no answer within 200 ms'],
    ['a redirect, which is not followed', 302, 'HTTP 302: redirects are not followed'],
  ] as const)('is told again after %s, with the same event', async (_, fault, error) => {
    receiver.answers.push(fault);
    const operationId = await ended();
    const delivery = await until(operationId, 'DELIVERED', monitor({ timeoutMs: 200 }));
    expect(delivery.log.map((attempt) => attempt.error)).toEqual([error, null]);
    const events = receiver.requests.map(({ url, body }) => ({ url, body }));
    expect(events).toHaveLength(2);
    expect(events[1]).toEqual(events[0]);
  });

  it('is given up after the last attempt', async () => {
    receiver.answers.push(500, 503, 500);
    const operationId = await ended();
    const delivery = await until(operationId, 'GIVEN_UP', monitor());
    expect(delivery).toMatchObject({ attempts: 3, dueAt: null, lastStatus: 500, lastError: 'HTTP 500' });
    expect(receiver.requests).toHaveLength(3);
  });

  it('is told again by another monitor, when one ends between claim and result, with the same eventId', async () => {
    const operationId = await ended();
    const killed = monitor({ leaseMs: 1, wake: () => undefined });
    await createSweeper(database)();
    // It sends, and never comes to record that.
    expect(await killed.deliverer.runOnce()).toBe(1);
    await eventually(() => {
      expect(receiver.requests).toHaveLength(1);
    });
    const delivery = await until(operationId, 'DELIVERED', monitor());
    expect(delivery).toMatchObject({ attempts: 2, log: [{ number: 2 }] });
    const ids = receiver.requests.map(({ body }) => (JSON.parse(body) as { eventId: string }).eventId);
    expect(ids).toEqual([delivery.deliveryId, delivery.deliveryId]);
    // What it had to record comes too late to change anything.
    await killed.deliverer.finish();
    expect(await deliveryOf(operationId)).toMatchObject({ state: 'DELIVERED', attempts: 2 });
  });

  it('is told by several monitors together, once each', async () => {
    const ids = [];
    for (let n = 0; n < 40; n += 1) ids.push(await ended());
    await Promise.all([monitor(), monitor(), monitor()].map(({ work }) => work()));
    await monitor().work();
    const told = receiver.requests.map(({ body }) => (JSON.parse(body) as { correlationId: string }).correlationId);
    expect(told.sort()).toEqual(ids.sort());
  });

  it('is told while another receiver does not answer', async () => {
    const dead = await startReceiver();
    closing.push(() => dead.close());
    dead.answers.push(...Array.from({ length: 50 }, () => 'hang' as const));
    for (let n = 0; n < 30; n += 1) await ended(dead.url);
    const operationId = await ended();
    const { deliverer } = monitor({ timeoutMs: 20_000 });
    await createSweeper(database)();
    await deliverer.runOnce();
    await eventually(async () => {
      await deliverer.runOnce();
      expect(await deliveryOf(operationId)).toMatchObject({ state: 'DELIVERED' });
    });
    expect(dead.requests.length).toBeLessThanOrEqual(8);
    await closing.pop()!();
    await deliverer.finish();
  });
});

describe('nothing is sent', () => {
  it('to a private address that DNS tells only now', async () => {
    const url = new URL(receiver.url);
    url.hostname = 'rebound.example';
    url.protocol = 'https:';
    const operationId = await ended(url.href);
    const { work } = monitor({ allow: [] });
    await work();
    expect(await deliveryOf(operationId)).toMatchObject({
      ...{ state: 'DUE', lastStatus: null, lastError: 'leads to an address that is not public' },
    });
    expect(receiver.connections).toBe(0);
  });

  it('to an address that is not allowed any more', async () => {
    const operationId = await ended();
    await monitor({ allow: [] }).work();
    expect(await deliveryOf(operationId)).toMatchObject({ lastError: 'must be an https URL' });
    expect(receiver.connections).toBe(0);
  });

  it('for a subscription that was deleted, or a client without a secret', async () => {
    await database.transaction((tx) => subscribe(tx, pepper, client, { callback: receiver.url, query: null }));
    const operationId = await ended('');
    await database.execute('delete from callbacks.subscription');
    await monitor().work();
    expect(await deliveriesOf(operationId)).toEqual([
      expect.objectContaining({
        state: 'GIVEN_UP',
        lastError: 'the subscription or its client is no more',
        attempts: 1,
      }),
    ]);
    expect(receiver.connections).toBe(0);
  });

  it('by a pass that Postgres does not answer; what was sent before is recorded by the next', async () => {
    const operationId = await ended();
    let away = false;
    const flaky = watched(database, ({ kind }) => {
      if (away && kind !== 'query') throw new Error('Postgres is away');
    });
    await createSweeper(database)();
    const { deliverer } = monitor({ database: flaky });
    await deliverer.runOnce();
    away = true;
    await expect(deliverer.finish()).rejects.toThrow('Postgres is away');
    away = false;
    await deliverer.runOnce();
    expect(await deliveryOf(operationId)).toMatchObject({ state: 'DELIVERED', attempts: 1 });
    expect(receiver.requests).toHaveLength(1);
  });
});

describe('beside 10,000 deliveries that wait', () => {
  it('a pass is a handful of statements, whatever it finds', async () => {
    const operationId = await ended();
    await database.execute(
      `insert into callbacks.delivery (delivery_id, tenant_id, account_id, client_id, operation_id, url, host, state, created_at)
       select uuidv7(), 'ACME', 'ACME-TT', 'crm', $1, $2, 'x', 'WAITING', now() from generate_series(1, 10000)`,
      [randomUUID(), receiver.url],
    );
    let statements = 0;
    const counting = watched(database, () => (statements += 1));
    expect(await createSweeper(counting, 20_000)()).toEqual({ due: 1, more: false });
    expect(statements).toBe(1);
    expect(await claimDeliveries(counting, claimWish)).toHaveLength(1);
    expect(statements).toBe(2);
    expect(await deliveryOf(operationId)).toMatchObject({ state: 'DUE', attempts: 1 });
  });
});

const claimWish = { limit: 10, perHost: 10, room: new Map<string, number>(), afterHost: '', leaseMs: 1000 };

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { endOperations, insertOperations } from '#libs/operations';
import { openDatabase, type Database } from '#libs/postgres';
import { operationRow, saveAccounts, testDatabase, type TestDatabase } from '#libs/testing';
import {
  claimDeliveries,
  deleteCallbacksOf,
  deleteOldDeliveries,
  deleteSubscription,
  listDeliveries,
  listSubscriptions,
  recordAttempts,
  retryDelivery,
  stageCallback,
  subscribe,
  sweepWaiting,
  type ClaimedDelivery,
  type DeliveryStep,
} from './index.js';

const pepper = 'p'.repeat(32);
const first = '00000000-0000-0000-0000-000000000000';

let testDb: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 4 });
  await saveAccounts(database);
});

beforeEach(() => database.execute('truncate callbacks.subscription, callbacks.delivery, callbacks.attempt'));

afterAll(async () => {
  await database.close();
  await testDb.drop();
});

const client = (clientId = 'crm') => ({ clientId, tenantId: 'ACME', accountId: 'ACME-TT' });
const target = { callback: 'https://example.com/hook', query: null };
const subscribed = (clientId?: string) => database.transaction((tx) => subscribe(tx, pepper, client(clientId), target));

/** An open operation of the client, of which it is to be told at this URL too. */
async function staged(url?: string, clientId?: string): Promise<string> {
  const row = operationRow();
  await insertOperations(database, [row]);
  const { operationId } = row;
  await stageCallback(database, {
    ...client(clientId),
    ...{ operationId, facadeUrl: 'https://cmo.example/v5' },
    url: url === undefined ? undefined : new URL(url),
  });
  return operationId;
}

async function end(...operationIds: string[]): Promise<void> {
  const blank = { status: 'COMPLETED', businessTransactionId: null, response: null, error: null } as const;
  await endOperations(
    database,
    operationIds.map((operationId) => ({ ...blank, operationId, endedAt: new Date() })),
  );
}

const claim = (wish: Partial<Parameters<typeof claimDeliveries>[1]> = {}): Promise<ClaimedDelivery[]> =>
  claimDeliveries(database, { limit: 100, perHost: 100, room: new Map(), afterHost: '', leaseMs: 60_000, ...wish });

const record = ({ deliveryId, claim, attempt }: ClaimedDelivery, step: DeliveryStep, error: string | null) =>
  recordAttempts(database, [
    { deliveryId, claim, attempt, attemptedAt: new Date(), status: null, durationMs: 5, error, step },
  ]);

const deliveriesOf = (operationId: string, accountId = 'ACME') =>
  listDeliveries(database, accountId, { operationId, limit: 10 });

describe('a subscription', () => {
  it('is its client’s alone', async () => {
    const { subscriptionId, secret } = await subscribed();
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(await listSubscriptions(database, 'crm')).toEqual([{ subscriptionId, ...target }]);
    expect(await listSubscriptions(database, 'portal')).toEqual([]);
    expect(await deleteSubscription(database, 'portal', subscriptionId)).toBe(false);
    const operationId = await staged(undefined, 'portal');
    expect(await deliveriesOf(operationId)).toEqual([]);
    expect(await deleteSubscription(database, 'crm', subscriptionId)).toBe(true);
    expect(await listSubscriptions(database, 'crm')).toEqual([]);
  });

  it('is one of a hundred at most, also when many are made at once', async () => {
    const atOnce = (count: number) => Promise.allSettled(Array.from({ length: count }, () => subscribed()));
    for (let made = 0; made < 90; made += 10) await atOnce(10);
    const ends = await atOnce(20);
    const refused = ends.filter((end) => end.status === 'rejected');
    expect(refused.map(({ reason }) => reason as unknown)).toEqual(
      Array(10).fill(expect.objectContaining({ code: 'REQUEST_INVALID' })),
    );
    expect(await listSubscriptions(database, 'crm')).toHaveLength(100);
    await deleteCallbacksOf(database, 'crm');
    expect(await listSubscriptions(database, 'crm')).toEqual([]);
  });
});

describe('a delivery', () => {
  it('waits for the end of its operation, and is due then, for each URL', async () => {
    const { subscriptionId } = await subscribed();
    const [open, ended] = [await staged(), await staged('https://EXAMPLE.com:8443/hook?x=1')];
    expect(await sweepWaiting(database, first, 100)).toEqual({ due: 0, next: undefined });
    await end(ended);
    expect(await sweepWaiting(database, first, 100)).toEqual({ due: 2, next: undefined });
    expect(await sweepWaiting(database, first, 100)).toEqual({ due: 0, next: undefined });
    expect((await deliveriesOf(open)).map(({ state }) => state)).toEqual(['WAITING']);
    const claimed = await claim();
    expect(claimed).toEqual([
      expect.objectContaining({ operationId: ended, host: 'example.com', subscriptionId, attempt: 1 }),
      expect.objectContaining({
        operationId: ended,
        host: 'example.com:8443',
        subscriptionId: null,
        sealedSecret: null,
      }),
    ]);
    expect(claimed[0]).toMatchObject({
      facadeUrl: 'https://cmo.example/v5',
      correlationId: ended,
      sealedSecret: expect.any(String),
    });
    expect(await claim()).toEqual([]);
  });

  it('is found by looks that go on where the one before has ended', async () => {
    const ids = [];
    for (let n = 0; n < 5; n += 1) ids.push(await staged('https://example.com/'));
    await end(...ids);
    let found = 0;
    for (let after: string | undefined = first; after !== undefined;) {
      const { due, next }: Awaited<ReturnType<typeof sweepWaiting>> = await sweepWaiting(database, after, 2);
      expect(due).toBeLessThanOrEqual(2);
      found += due;
      after = next;
    }
    expect(found).toBe(5);
  });

  it('is claimed by one of many at once, and again when the lease has run out; a late result counts for nothing', async () => {
    const operationId = await staged('https://example.com/');
    await end(operationId);
    await sweepWaiting(database, first, 100);
    const all = await Promise.all(Array.from({ length: 4 }, () => claim({ leaseMs: 1 })));
    // A lease may have run out among them.
    const claims = all.flat().sort((one, other) => one.attempt - other.attempt);
    const [late] = claims;
    const [again] = claims.length > 1 ? claims.slice(-1) : await claimWhenDue();
    expect(again).toMatchObject({ deliveryId: late!.deliveryId, attempt: claims.length > 1 ? claims.length : 2 });
    await record(late!, { state: 'GIVEN_UP' }, 'late');
    expect((await deliveriesOf(operationId))[0]).toMatchObject({ state: 'DUE', lastError: null });
    await record(again!, { state: 'DELIVERED' }, null);
    expect((await deliveriesOf(operationId))[0]).toMatchObject({ state: 'DELIVERED', dueAt: null });
  });

  it('of one host is not claimed beyond its share, and delays no other host', async () => {
    const [dead, live] = ['https://dead.example/', 'https://live.example/'];
    const ids = [];
    for (const url of [dead, dead, dead, dead, live]) ids.push(await staged(url));
    await end(...ids);
    await sweepWaiting(database, first, 100);
    const hosts = async (wish: Parameters<typeof claim>[0]) => (await claim(wish)).map(({ host }) => host);
    expect(await hosts({ perHost: 2, room: new Map([['dead.example', 1]]) })).toEqual(['dead.example', 'live.example']);
    expect(await hosts({ room: new Map([['dead.example', 0]]) })).toEqual([]);
    expect(await hosts({ limit: 1 })).toEqual(['dead.example']);
    expect(await hosts({ afterHost: 'dead.example' })).toEqual([]);
    expect(await hosts({})).toEqual(['dead.example', 'dead.example']);
  });

  it('that was given up is tried again by hand, with its attempts on record', async () => {
    const operationId = await staged('https://example.com/');
    await end(operationId);
    await sweepWaiting(database, first, 100);
    const [claimed] = await claim();
    const { deliveryId } = claimed!;
    expect(await retryDelivery(database, 'ACME', deliveryId)).toBe(false);
    await record(claimed!, { state: 'GIVEN_UP' }, 'HTTP 500');
    expect(await retryDelivery(database, 'ACME-JM', deliveryId)).toBe(false);
    expect(await retryDelivery(database, 'ACME', deliveryId)).toBe(true);
    const [again] = await claim();
    expect(again).toMatchObject({ deliveryId, attempt: 2, earlierAttempts: 1 });
    await record(again!, { state: 'DELIVERED' }, null);
    expect(await deliveriesOf(operationId)).toEqual([
      expect.objectContaining({
        ...{ deliveryId, state: 'DELIVERED', attempts: 2, lastError: null, endedAt: expect.any(Date) },
        log: [
          expect.objectContaining({ number: 1, error: 'HTTP 500' }),
          expect.objectContaining({ number: 2, error: null }),
        ],
      }),
    ]);
    expect(await deliveriesOf(operationId, 'GLOBEX')).toEqual([]);
  });

  it('is removed with its attempts when it is old', async () => {
    const operationId = await staged('https://example.com/');
    await end(operationId);
    await sweepWaiting(database, first, 100);
    const [claimed] = await claim();
    await record(claimed!, { state: 'DELIVERED' }, null);
    expect(await deleteOldDeliveries(database, 1, 10)).toBe(0);
    expect(await deleteOldDeliveries(database, -1, 10)).toBe(1);
    expect(await database.query('select from callbacks.attempt')).toEqual([]);
  });
});

/** The lease of a millisecond has run out by the time a transaction has come and gone; asks until it has. */
async function claimWhenDue(): Promise<ClaimedDelivery[]> {
  for (let look = 0; look < 1000; look += 1) {
    const claimed = await claim();
    if (claimed.length > 0) return claimed;
  }
  throw new Error(`${randomUUID()}: the lease did not run out`);
}

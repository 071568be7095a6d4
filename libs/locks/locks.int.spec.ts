import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { endOperations, insertOperations } from '#libs/operations';
import { openDatabase, type Database } from '#libs/postgres';
import { lockingOf, operationRow, saveAccounts, testDatabase, type TestDatabase } from '#libs/testing';
import {
  acquireLocks,
  findLock,
  insertLockAudit,
  listLocks,
  readHeldLocks,
  wantedLocks,
  type LockEntity,
  type LockingOperation,
  type LockLevels,
  type WantedLock,
} from './index.js';

let testDb: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'locks-spec', poolSize: 16 });
  await saveAccounts(database);
});
beforeEach(() => database.execute('truncate operations.lock, operations.operation'));
afterAll(async () => {
  await database.close();
  await testDb.drop();
});

const both: LockLevels = { userAction: 'single', entity: 'Subscriber' };
const subscriber = (id: string): LockEntity => ({ type: 'Subscriber', id });
const newOperation = (username = 'crm', accountId = 'ACME'): LockingOperation =>
  lockingOf(operationRow({ actor: username, accountId }));
const take = (...wanted: WantedLock[][]) => database.transaction((tx) => acquireLocks(tx, wanted.flat()));
const held = () =>
  database.query<{ key: string; operationId: string }>(
    'select key, operation_id as "operationId" from operations.lock order by key',
  );

describe('acquireLocks', () => {
  it('gives an operation all it wants or nothing', async () => {
    const [first, second, third] = [newOperation('u'), newOperation('v'), newOperation('u')];
    expect(await take(wantedLocks(both, first, subscriber('1')))).toEqual(new Map());
    const refused = await take(wantedLocks(both, second, subscriber('1')), wantedLocks(both, third, subscriber('2')));
    const inTheWay = { operationId: first.operationId, expired: false };
    expect(refused).toEqual(
      new Map([
        [second.operationId, [{ ...inTheWay, level: 'entity', entity: subscriber('1') }]],
        [third.operationId, [{ ...inTheWay, level: 'user-action', entity: null }]],
      ]),
    );
    expect(await held()).toEqual([
      { key: 'Subscriber 1', operationId: first.operationId },
      { key: 'SwapSubscriberResource u', operationId: first.operationId },
    ]);
  });

  it('lets an operation of a batch have what one that is refused came first to', async () => {
    const [holder, refused, granted] = [newOperation('u'), newOperation('v'), newOperation('v')];
    await take(wantedLocks(both, holder, subscriber('1')));
    const result = await take(
      wantedLocks(both, refused, subscriber('1')),
      wantedLocks(both, granted, subscriber('2')),
      wantedLocks(both, newOperation('w'), subscriber('2')),
    );
    expect(result.get(refused.operationId)?.[0]?.operationId).toBe(holder.operationId);
    expect(result.size).toBe(2);
    expect(await held()).toMatchObject([
      { key: 'Subscriber 1', operationId: holder.operationId },
      { key: 'Subscriber 2', operationId: granted.operationId },
      { key: 'SwapSubscriberResource u', operationId: holder.operationId },
      { key: 'SwapSubscriberResource v', operationId: granted.operationId },
    ]);
  });

  it('admits exactly one of 64 concurrent operations of one user and action', async () => {
    const operations = Array.from({ length: 64 }, () => newOperation());
    const refusals = await Promise.all(
      operations.map((operation, index) => take(wantedLocks(both, operation, subscriber(String(index))))),
    );
    const admitted = operations.filter((_, index) => refusals[index]?.size === 0);
    expect(admitted).toHaveLength(1);
    const winner = admitted[0]!.operationId;
    const named = refusals.flatMap((refused) => [...refused.values()].flat().map((holder) => holder.operationId));
    expect(named).toEqual(Array(63).fill(winner));
    expect((await held()).map((lock) => lock.operationId)).toEqual([winner, winner]);
  });

  it('keeps ten hot entities apart, whoever comes', async () => {
    const wishes = Array.from({ length: 200 }, (_, index) => ({
      operation: newOperation(`user-${index}`),
      entity: subscriber(String((index * 7) % 10)),
    }));
    const refusals = await Promise.all(
      wishes.map(({ operation, entity }) => take(wantedLocks(both, operation, entity))),
    );
    const admitted = wishes.filter((_, index) => refusals[index]?.size === 0);
    expect(admitted.map(({ entity }) => entity.id).sort()).toEqual(
      Array.from({ length: 10 }, (_, index) => String(index)),
    );
    expect(await held()).toHaveLength(20);
  });

  it('keeps tenants apart in users, and the levels apart', async () => {
    const acme = newOperation();
    const globex = { ...newOperation(), tenantId: 'GLOBEX', accountId: 'GLOBEX' };
    const bulk = newOperation();
    const userOnly = (levels: LockLevels['userAction']): LockLevels => ({ userAction: levels, entity: 'none' });
    expect(await take(wantedLocks(userOnly('single'), acme), wantedLocks(userOnly('single'), globex))).toEqual(
      new Map(),
    );
    expect(await take(wantedLocks(userOnly('bulk'), bulk))).toEqual(new Map());
    expect((await take(wantedLocks(userOnly('bulk'), newOperation()))).size).toBe(1);
  });

  it('leaves an operation what it has', async () => {
    const operation = newOperation();
    const wanted = wantedLocks(both, operation, subscriber('1'));
    await take(wanted);
    expect(await take(wanted)).toEqual(new Map());
    expect(await held()).toHaveLength(2);
  });
});

describe('locks', () => {
  it('are free once their operation has ended', async () => {
    const row = operationRow();
    await insertOperations(database, [row]);
    await take(wantedLocks(both, lockingOf(row), subscriber('1')));
    const [first] = await listLocks(database, null, { limit: 1 });
    const end = { businessTransactionId: null, response: null, error: null, endedAt: new Date() };
    await endOperations(database, [{ ...end, operationId: row.operationId, status: 'FAILED' }]);
    expect(await held()).toEqual([]);
    await take(wantedLocks(both, newOperation(), subscriber('1')));
    const [second] = await listLocks(database, null, { limit: 1 });
    expect(BigInt(second!.fencingToken)).toBeGreaterThan(BigInt(first!.fencingToken));
  });

  it('tell who holds an entity, and whether past the deadline', async () => {
    const [late, early] = [newOperation('u'), newOperation('v')];
    late.expiresAt = new Date(Date.now() - 1000);
    await take(wantedLocks(both, late, subscriber('1')), wantedLocks(both, early, subscriber('2')));
    const holders = await readHeldLocks(database, ['1', '2', '3'].map(subscriber));
    expect(holders).toEqual(
      new Map([
        [`Subscriber 1`, { operationId: late.operationId, expired: true, level: 'entity', entity: subscriber('1') }],
        [`Subscriber 2`, { operationId: early.operationId, expired: false, level: 'entity', entity: subscriber('2') }],
      ]),
    );
  });

  it('are listed newest first to the tree of their account, page by page', async () => {
    const operations = Array.from({ length: 5 }, (_, index) =>
      newOperation(`user-${index}`, index % 2 === 0 ? 'ACME-TT' : 'ACME-JM'),
    );
    for (const [index, operation] of operations.entries()) {
      await take(wantedLocks(both, operation, subscriber(String(index))));
    }
    const usersOf = async (accountId: string | null, filter = {}) =>
      (await listLocks(database, accountId, { limit: 100, ...filter })).map((lock) => lock.username);
    expect(new Set(await usersOf('ACME'))).toEqual(new Set(['user-4', 'user-3', 'user-2', 'user-1', 'user-0']));
    expect(await usersOf('ACME-JM')).toEqual(['user-3', 'user-3', 'user-1', 'user-1']);
    expect(await usersOf('GLOBEX')).toEqual([]);
    expect(await usersOf(null, { username: 'user-2' })).toEqual(['user-2', 'user-2']);
    expect(await usersOf(null, { entity: subscriber('4') })).toEqual(['user-4']);
    expect(await usersOf(null, { action: 'AttachOffer' })).toEqual([]);
    const page = await listLocks(database, null, { limit: 4 });
    const rest = await listLocks(database, null, { limit: 100, before: page[3]!.fencingToken });
    expect(new Set([...page, ...rest].map((lock) => lock.fencingToken)).size).toBe(10);
    expect(rest).toHaveLength(6);
  });

  it('are found by their token, and leave a record when they are broken', async () => {
    const operation = newOperation('u', 'ACME-TT');
    await take(wantedLocks(both, operation, subscriber('1')));
    const [lock] = await listLocks(database, 'ACME', { entity: subscriber('1'), limit: 1 });
    expect(lock).toMatchObject({
      ...{ level: 'entity', key: 'Subscriber 1', operationId: operation.operationId, username: 'u', facade: 'ocs' },
      ...{ entity: subscriber('1'), expiresAt: operation.expiresAt },
    });
    expect(await findLock(database, 'ACME-TT', lock!.fencingToken)).toEqual(lock);
    expect(await findLock(database, 'ACME-JM', lock!.fencingToken)).toBeUndefined();
    await insertLockAudit(database, lock!, { by: 'admin', reason: 'stuck' });
    expect(await database.query('select key, broken_by, reason from operations.lock_audit')).toEqual([
      { key: 'Subscriber 1', broken_by: 'admin', reason: 'stuck' },
    ]);
  });
});

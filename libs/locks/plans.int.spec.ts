import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endCancelled, endOperations, expireOperations, insertOperations } from '#libs/operations';
import { openDatabase, type Database, type Tx } from '#libs/postgres';
import { lockingOf, operationRow, saveAccounts, sequentialScans, testDatabase, type TestDatabase } from '#libs/testing';
import { acquireLocks, findLock, listLocks, readHeldLocks, wantedLocks, type LockEntity } from './index.js';

const largeTables = ['lock'];
const subscriber = (n: number): LockEntity => ({ type: 'Subscriber', id: String(n) });
const thousand = <T>(make: (n: number) => T): T[] => Array.from({ length: 1000 }, (_, i) => make(1 + i * 97));

let testDb: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 2 });
  await saveAccounts(database);
  await database.execute(fill, [100_000]);
  await database.execute('analyze operations.lock');
});

afterAll(async () => {
  await database.close();
  await testDb.drop();
});

const fill = `
  insert into operations.lock (tenant_id, level, key, operation_id, account_id, username, facade, action, entity_type, entity_id,
    acquired_at, expires_at)
  select 'ACME', 'entity', 'Subscriber ' || n, gen_random_uuid(), 'ACME', 'user-' || n, 'bulk', 'AttachOffer', 'Subscriber',
    n, now(), now() + interval '1 hour'
  from generate_series(1, $1::int) as n order by random()`;

const scansOf = (work: (tx: Tx) => Promise<unknown>) => sequentialScans(database, largeTables, work);

describe('beside 100,000 locks, by indexes go', () => {
  it('a thousand looks at who holds an entity', async () => {
    const looks = async (tx: Tx) => expect((await readHeldLocks(tx, thousand(subscriber))).size).toBe(1000);
    expect(await scansOf(looks)).toEqual([]);
  });

  it('a thousand operations that take locks, half of them refused', async () => {
    const wanted = thousand((n) =>
      wantedLocks(
        { userAction: 'single', entity: 'Subscriber' },
        lockingOf(operationRow({ actor: `new-${n}` })),
        subscriber(n % 2 === 0 ? n : 1_000_000 + n),
      ),
    );
    const take = async (tx: Tx) => expect((await acquireLocks(tx, wanted.flat())).size).toBe(500);
    expect(await scansOf(take)).toEqual([]);
  });

  it('a thousand ends of operations, by their commands, their deadline or by hand', async () => {
    const rows = Array.from({ length: 1000 }, () => operationRow({ deadline: new Date(Date.now() - 1000) }));
    const ids = rows.map((row) => row.operationId);
    const end = { status: 'COMPLETED', businessTransactionId: null, response: null, error: null } as const;
    const ends = async (tx: Tx) => {
      await insertOperations(tx, rows);
      await expireOperations(tx, { limit: 1000, operationIds: ids.slice(0, 300) });
      await expireOperations(tx, { limit: 10 });
      await endCancelled(tx, ids.slice(300, 600), { code: 'OPERATION_CANCELLED', message: '' });
      await endOperations(
        tx,
        ids.slice(600).map((operationId) => ({ ...end, operationId, endedAt: new Date() })),
      );
    };
    expect(await scansOf(ends)).toEqual([]);
  });

  it('a page of locks and the look for one', async () => {
    const reads = async (tx: Tx) => {
      const page = await listLocks(tx, 'ACME', { limit: 100 });
      expect(page).toHaveLength(100);
      await listLocks(tx, 'ACME', { limit: 100, before: page[99]!.fencingToken });
      await listLocks(tx, 'ACME', { limit: 100, entity: subscriber(7) });
      await findLock(tx, 'ACME', page[0]!.fencingToken);
    };
    expect(await scansOf(reads)).toEqual([]);
  });
});

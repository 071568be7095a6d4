import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CommandOutcome } from '#libs/contracts';
import { asSimyardError } from '#libs/errors';
import { acquireLocks, type LockEntity, type WantedLock } from '#libs/locks';
import { endOperations, insertOperations, lockOperations, type OperationRow } from '#libs/operations';
import { openDatabase, type Database } from '#libs/postgres';
import { lockingOf, operationRow, testDatabase, type TestDatabase } from '#libs/testing';
import { takeLocks } from './take-locks.js';

let testDb: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'lock-order-spec', poolSize: 10 });
});
afterAll(async () => {
  await database.close();
  await testDb.drop();
});

const past = new Date(Date.now() - 60_000);
const keyText = (n: number): string => `SIM ${n}`;

/** Keys of entities that an operation wants, in the order in which it asks. */
const keys = fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 });
/** Operations that hold keys beforehand, of disjoint ones; some are past their deadline. */
const holders = fc.array(fc.record({ keys, late: fc.boolean(), ends: fc.boolean() }), { maxLength: 4 });
/** Transactions that run at the same time, each with operations that want keys. */
const transactions = fc.array(fc.array(keys, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 7 });

interface Party {
  row: OperationRow;
  keys: number[];
}

const party = (wanted: number[], changes: Partial<OperationRow> = {}): Party => ({
  row: operationRow(changes),
  keys: wanted,
});

const locksOf = ({ row, keys: wanted }: Party): WantedLock[] =>
  wanted.map((n) => {
    const entity: LockEntity = { type: 'SIM', id: String(n) };
    return { ...lockingOf(row), level: 'entity', key: keyText(n), entity };
  });

/** Those of `wanted` that do not want what one before them has. */
function disjoint<T extends { keys: number[] }>(wanted: T[]): T[] {
  const taken = new Set<number>();
  return wanted.filter((one) => {
    const free = one.keys.every((key) => !taken.has(key));
    if (free) for (const key of one.keys) taken.add(key);
    return free;
  });
}

/** Takes locks as an admission does: its operations and their locks in one transaction. Returns who is refused, by whom. */
const admit = (parties: Party[]): Promise<Map<string, string>> =>
  database.transaction(async (tx) => {
    const refused = await takeLocks(tx, parties.flatMap(locksOf));
    await insertOperations(
      tx,
      parties.filter(({ row }) => !refused.has(row.operationId)).map(({ row }) => row),
    );
    return new Map([...refused].map(([operationId, holder]) => [operationId, holder.operationId]));
  });

/** Again when a lock was taken and freed under its eyes; a deadlock is not forgiven. */
async function admitted(parties: Party[]): Promise<Map<string, string>> {
  for (;;) {
    try {
      return await admit(parties);
    } catch (error) {
      const { code, cause } = asSimyardError(error);
      if (code !== 'CONCURRENT_CHANGE' || cause !== undefined) throw error;
    }
  }
}

/** Ends an operation as its command's batch does: the row first, as the fence. */
const end = ({ row: { operationId } }: Party): Promise<void> =>
  database.transaction(async (tx) => {
    await lockOperations(tx, [operationId]);
    const ended = { businessTransactionId: null, response: null, error: null, endedAt: new Date() };
    return endOperations(tx, [{ ...ended, operationId, status: 'COMPLETED' }]);
  });

const reset = () =>
  database.execute('truncate operations.lock, operations.operation, messaging.outbox, messaging.inbox');

async function present(): Promise<Map<string, string>> {
  const rows = await database.query<{ key: string; holder: string }>(
    'select key, operation_id as holder from operations.lock',
  );
  return new Map(rows.map(({ key, holder }) => [key, holder]));
}

async function statusOf(): Promise<Map<string, string>> {
  const rows = await database.query<{ id: string; status: string }>(
    'select operation_id as id, status from operations.operation',
  );
  return new Map(rows.map(({ id, status }) => [id, status]));
}

const outcomes = async (): Promise<CommandOutcome[]> => {
  const rows = await database.query<{ payload: string }>('select payload from messaging.outbox');
  return rows.map(({ payload }) => JSON.parse(payload) as CommandOutcome);
};

describe('transactions that want the same locks in any order', () => {
  it('never deadlock, and who holds what in the end follows from who was admitted and who has ended', async () => {
    let refusals = 0;
    let timeOuts = 0;
    const property = fc.asyncProperty(holders, transactions, async (before, concurrent) => {
      await reset();
      const holding = disjoint(before).map(({ late, ends, keys: wanted }) => ({
        ...{ late, ends },
        ...party(wanted, {
          createdAt: late ? new Date(past.getTime() - 1000) : new Date(),
          ...(late && { deadline: past }),
        }),
      }));
      await insertOperations(
        database,
        holding.map(({ row }) => row),
      );
      await acquireLocks(database, holding.flatMap(locksOf));
      const wanting = concurrent.map((wishes) => wishes.map((wanted) => party(wanted)));

      const [refused] = await Promise.all([
        Promise.all(wanting.map(admitted)),
        Promise.all(holding.filter(({ ends }) => ends).map(end)),
      ]);

      const refusedBy = new Map(refused.flatMap((map) => [...map]));
      const winners = wanting.flat().filter(({ row }) => !refusedBy.has(row.operationId));
      const status = await statusOf();
      const isOpen = ({ row }: Party): boolean => status.get(row.operationId) === 'ACCEPTED';
      const expected = [...holding, ...winners].filter(isOpen);
      const model = expected.flatMap(({ row, keys: wanted }) =>
        wanted.map((n) => [keyText(n), row.operationId] as const),
      );
      expect(new Map(model).size).toBe(model.length);
      expect(await present()).toEqual(new Map(model));

      // Who is refused is told of an operation that held one of its keys.
      const all = new Map([...holding, ...winners].map((one) => [one.row.operationId, one]));
      for (const { row, keys: wanted } of wanting.flat()) {
        const by = refusedBy.get(row.operationId);
        if (by !== undefined) expect(all.get(by)?.keys.some((key) => wanted.includes(key))).toBe(true);
      }

      // Only those past their deadline are timed out, and each of them once.
      const timedOut = [...status].filter(([, state]) => state === 'TIMED_OUT').map(([id]) => id);
      const late = holding.filter((one) => one.late).map(({ row }) => row.operationId);
      expect(late).toEqual(expect.arrayContaining(timedOut));
      expect((await outcomes()).map(({ operationId }) => operationId).sort()).toEqual(timedOut.sort());
      refusals += refusedBy.size;
      timeOuts += timedOut.length;
    });
    await fc.assert(property, { numRuns: 150 });
    expect(refusals).toBeGreaterThan(0);
    expect(timeOuts).toBeGreaterThan(0);
  });
});

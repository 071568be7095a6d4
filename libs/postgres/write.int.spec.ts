import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { asSimyardError, type SimyardError } from '#libs/errors';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { openDatabase, type Database } from './database.js';
import type { Tx } from './tx.js';

let testDb: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'write-spec', poolSize: 2 });
  await database.execute('create table thing (id integer primary key)');
});
beforeEach(async () => {
  await database.execute('truncate thing');
});
afterAll(async () => {
  await database.close();
  await testDb.drop();
});

const insert = (tx: Tx, ...ids: number[]) => tx.write('insert into thing select unnest($1::int[])', [ids]);
const ids = async (tx: Tx = database): Promise<number[]> => {
  const rows = await tx.query<{ id: number }>('select id from thing order by id');
  return rows.map(({ id }) => id);
};
const failure = (work: (tx: Tx) => Promise<unknown>): Promise<unknown> =>
  database.prepared.transaction(work).then(() => undefined, asSimyardError);
const duplicate: Partial<SimyardError> = {
  code: 'CONCURRENT_CHANGE',
  cause: expect.objectContaining({ sqlstate: '23505' }),
};

describe('what a transaction writes without awaiting it', () => {
  it('is seen by what it reads next, and committed', async () => {
    const read = await database.transaction(async (tx) => {
      await insert(tx, 1);
      await insert(tx, 2, 3);
      return ids(tx);
    });
    expect(read).toEqual([1, 2, 3]);
    await database.prepared.transaction((tx) => insert(tx, 4));
    expect(await ids()).toEqual([1, 2, 3, 4]);
  });

  it('fails the commit, when it was the last', async () => {
    expect(await failure((tx) => insert(tx, 1, 1))).toMatchObject(duplicate);
    expect(await ids()).toEqual([]);
  });

  it('fails what follows by its own reason, and not by that everything is refused then', async () => {
    const after: unknown[] = [];
    const whole = await failure(async (tx) => {
      await insert(tx, 1);
      await insert(tx, 1);
      await insert(tx, 2);
      after.push(await tx.query('select 1').catch(asSimyardError), await tx.execute('select 1').catch(asSimyardError));
    });
    expect(after).toMatchObject([{ cause: { code: '23505' } }, { cause: { code: '23505' } }]);
    expect(whole).toMatchObject(duplicate);
    expect(await ids()).toEqual([]);
  });

  it('fails the transaction though it is rolled back to a savepoint', async () => {
    const error = await failure(async (tx) => {
      await insert(tx, 1);
      await tx.execute('savepoint here');
      await insert(tx, 1);
      await tx.execute('rollback to savepoint here');
    });
    expect(error).toMatchObject(duplicate);
    expect(await ids()).toEqual([]);
  });

  it('fails the transaction when it cannot even be sent', async () => {
    const endless: Record<string, unknown> = {};
    endless['itself'] = endless;
    for (const pool of [database, database.prepared]) {
      const whole = pool.transaction(async (tx) => {
        await insert(tx, 1);
        await tx.write('insert into thing select $1::int', [endless]);
      });
      expect(await whole.catch(asSimyardError)).toMatchObject({ code: 'INTERNAL_ERROR' });
    }
    expect(await ids()).toEqual([]);
  });

  it('leaves a connection that goes on', async () => {
    for (let n = 0; n < 5; n += 1) {
      expect(await failure((tx) => insert(tx, 7, 7))).toMatchObject(duplicate);
      await database.prepared.transaction((tx) => insert(tx, n));
    }
    expect(await ids()).toEqual([0, 1, 2, 3, 4]);
  });

  it('and a lost connection are told as such', async () => {
    const error = await failure(async (tx) => {
      const [own] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      await insert(tx, 1);
      await database.query('select pg_terminate_backend($1)', [own?.pid]);
      await insert(tx, 2);
    });
    expect(error).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(await ids()).toEqual([]);
  });
});

it('outside a transaction a write is awaited', async () => {
  await insert(database, 1);
  expect(await ids()).toEqual([1]);
  expect(await insert(database.prepared, 1).catch(asSimyardError)).toMatchObject(duplicate);
});

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { asSimyardError } from '#libs/errors';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { openDatabase, type Database } from './database.js';
import type { Transactions } from './tx.js';

let testDb: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'prepared-spec', poolSize: 1 });
  await database.execute('create table thing (id integer primary key, name text not null)');
  await database.execute("insert into thing select n, 'thing ' || n from generate_series(1, 9) as n");
});
afterAll(async () => {
  await database.close();
  await testDb.drop();
});

/** What the pool's only connection has prepared. */
const preparedTexts = async (): Promise<string[]> => {
  const rows = await database.query<{ text: string }>('select statement as text from pg_prepared_statements');
  return rows.map(({ text }) => text);
};

it('prepares a statement once, in and outside transactions, and nothing that was not asked for', async () => {
  const text = 'select name from thing where id = $1';
  for (const id of [1, 2]) expect(await database.prepared.query(text, [id])).toEqual([{ name: `thing ${id}` }]);
  const renamed = await database.prepared.transaction(async (tx) => {
    expect(await tx.query(text, [3])).toEqual([{ name: 'thing 3' }]);
    return tx.execute('update thing set name = name where id > $1', [5]);
  });
  expect(renamed).toBe(4);
  await database.query('select id from thing where name = $1', ['thing 1']);
  expect((await preparedTexts()).toSorted()).toEqual([text, 'update thing set name = name where id > $1']);
});

it('keeps plans that go by indexes, also those that it made while a table was empty', async () => {
  await database.execute('create table empty_yet (id integer primary key)');
  await database.execute('vacuum empty_yet');
  const scansOf = (transactions: Transactions) =>
    transactions.transaction(async (tx) => {
      const counted = 'select pg_stat_get_xact_numscans(oid)::int as n from pg_class where relname = $1';
      const [before] = await tx.query<{ n: number }>(counted, ['empty_yet']);
      await tx.query('select from empty_yet where id = $1', [1]);
      const [after] = await tx.query<{ n: number }>(counted, ['empty_yet']);
      return after!.n - before!.n;
    });
  expect(await scansOf(database)).toBe(1);
  expect(await scansOf(database.prepared)).toBe(0);
  expect(await scansOf(database)).toBe(1);
});

it('goes on after a migration that changes what a statement returns', async () => {
  const look = () => database.prepared.query('select id from thing order by id limit 1');
  expect(await look()).toEqual([{ id: 1 }]);
  await database.execute('alter table thing alter column id type text');
  const error = await look().catch(asSimyardError);
  expect(error).toMatchObject({ code: 'CONCURRENT_CHANGE' });
  expect(await look()).toEqual([{ id: '1' }]);
});

it('tells what went wrong as any statement does', async () => {
  const again = database.prepared.execute("insert into thing values ('1', 'again')");
  expect(await again.catch(asSimyardError)).toMatchObject({ code: 'CONCURRENT_CHANGE', cause: { sqlstate: '23505' } });
});

it('does not fill its connections with texts that are made as they are needed', async () => {
  for (let n = 0; n < 600; n += 1) await database.prepared.query(`select ${n} as n`);
  expect((await preparedTexts()).length).toBeLessThan(510);
  expect(await database.prepared.query('select 1000 as n')).toEqual([{ n: 1000 }]);
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { bigints, booleans, doubles, integers, rowsOf, smallints, texts, timestamps, uuids } from './arrays.js';
import { openDatabase, type Database } from './database.js';

let testDb: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'arrays-spec', poolSize: 1 });
});
afterAll(async () => {
  await database.close();
  await testDb.drop();
});

const id = '0192f0aa-7c1e-7b3c-8d4e-5f6071829304';
const other = 'FFFFFFFF-0000-4000-8000-00000000000a';

/** What PostgreSQL makes of an array, as text. */
async function seen(type: string, array: Buffer): Promise<(string | null)[] | undefined> {
  const [row] = await database.query<{ seen: (string | null)[] }>(`select $1::${type}[]::text[] as seen`, [array]);
  return row?.seen;
}

describe('an array parameter', () => {
  it.each<[string, string, Buffer, (string | null)[]]>([
    [
      'texts',
      'text',
      texts(['one', '', null, 'two words', '\u001e{"}\\']),
      ['one', '', null, 'two words', '\u001e{"}\\'],
    ],
    ['texts beyond ASCII', 'text', texts(['é', null, 'z', '😀ü', '']), ['é', null, 'z', '😀ü', '']],
    [
      'long texts',
      'text',
      texts(['a'.repeat(200), null, '', 'é'.repeat(100)]),
      ['a'.repeat(200), null, '', 'é'.repeat(100)],
    ],
    ['one null text', 'text', texts([null]), [null]],
    ['one empty text', 'text', texts(['']), ['']],
    ['no texts', 'text', texts([]), []],
    ['uuids', 'uuid', uuids([id, null, other, id.replaceAll('-', '')]), [id, null, other.toLowerCase(), id]],
    ['no uuids', 'uuid', uuids([]), []],
    ['null uuids', 'uuid', uuids([null, null]), [null, null]],
    ['booleans', 'boolean', booleans([true, null, false]), ['true', null, 'false']],
    ['smallints', 'smallint', smallints([-32768, null, 32767]), ['-32768', null, '32767']],
    ['integers', 'integer', integers([-2147483648, null, 2147483647, 0]), ['-2147483648', null, '2147483647', '0']],
    [
      'bigints',
      'bigint',
      bigints(['9223372036854775807', null, -1n, 4294967296]),
      ['9223372036854775807', null, '-1', '4294967296'],
    ],
    ['doubles', 'float8', doubles([0.1, null, -2.5e300]), ['0.1', null, '-2.5e+300']],
  ])('of %s comes as it was', async (_, type, array, expected) => {
    expect(await seen(type, array)).toEqual(expected);
  });

  it.each([
    '2026-11-22T07:08:09.123Z',
    '1999-12-31T23:59:59.999Z',
    '1970-01-01T00:00:00.001Z',
    '9999-12-31T23:59:59.999Z',
  ])('of times comes as it was: %s', async (time) => {
    const [row] = await database.query<{ times: (Date | null)[] }>('select $1::timestamptz[] as times', [
      timestamps([null, new Date(time)]),
    ]);
    expect(row?.times.map((at) => at?.toISOString() ?? null)).toEqual([null, time]);
  });

  it('can have ten thousand texts of a kilobyte', async () => {
    const many = Array.from({ length: 10_000 }, (_, n) => `${n} ${'x'.repeat(1000)}`);
    const [row] = await database.query<{ n: number; last: string }>(
      'select cardinality($1::text[]) as n, ($1::text[])[10000] as last',
      [texts(many)],
    );
    expect(row).toEqual({ n: 10_000, last: many[9999] });
  });

  it.each<[string, () => Buffer]>([
    ['a text for a uuid', () => uuids(['not a uuid'])],
    ['a digit that is none', () => uuids([id.replace('f', 'g')])],
    ['a short uuid beside a long one', () => uuids([id.slice(1), `${id}0`])],
    ['a digit too many', () => uuids([`${id}0`])],
    ['an invalid date', () => timestamps([new Date(Number.NaN)])],
    ['an integer that is no number', () => integers([Number.NaN])],
    ['a part of a smallint', () => smallints([1.5])],
    ['an integer that is too large', () => integers([2 ** 31])],
    ['a text for a bigint', () => bigints(['one'])],
  ])('is refused for %s', (_, make) => {
    expect(make).toThrow();
  });
});

describe('rows of arrays', () => {
  it('have what stands at one place, each cast as it is told', async () => {
    const rows = await database.query(
      `select * from (select 1 as first, $1::int as one) as told, ${rowsOf(['uuid', 'text::json', 'text'], 2)} as made (a, b, c)`,
      [1, uuids([id, null]), texts(['{"x":1}', null]), texts(['c', ''])],
    );
    expect(rows).toEqual([
      { first: 1, one: 1, a: id, b: { x: 1 }, c: 'c' },
      { first: 1, one: 1, a: null, b: null, c: '' },
    ]);
  });
});

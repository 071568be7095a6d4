import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { emptyTemplate, testDatabase, type TestDatabase } from '#libs/testing';
import { createRateLimiter, openDatabase, type Database } from './index.js';

let testDb: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDb = await testDatabase(emptyTemplate);
  database = await openDatabase({ url: testDb.url, applicationName: 'rate-spec', poolSize: 4 });
  await database.execute(
    'create table public.rate (key varchar(255) primary key, points integer not null default 0, expire bigint)',
  );
});

afterAll(async () => {
  await database.close();
  await testDb.drop();
});

const limiter = (limit: { points: number; perMs: number }) =>
  createRateLimiter(database, { schema: 'public', name: 'rate' }, limit);

describe('a rate limit', () => {
  it('is shared by all who take of one key, at the same time as well', async () => {
    const [one, other] = [limiter({ points: 10, perMs: 60_000 }), limiter({ points: 10, perMs: 60_000 })];
    const taken = await Promise.all(Array.from({ length: 30 }, (_, n) => (n % 2 === 0 ? one : other)('client-1')));
    const refused = taken.filter((waitMs) => waitMs !== undefined);
    expect(refused).toHaveLength(20);
    for (const waitMs of refused) expect(waitMs).toBeGreaterThan(0);
    expect(Math.max(...refused)).toBeLessThanOrEqual(60_000);
  });

  it('has points again in the next window, and for another key', async () => {
    const take = limiter({ points: 1, perMs: 50 });
    expect(await take('client-2')).toBeUndefined();
    expect(await take('client-3')).toBeUndefined();
    let waitMs = await take('client-2');
    while (waitMs !== undefined) waitMs = await take('client-2');
    expect(waitMs).toBeUndefined();
  });

  it('tells that the database is away, and refuses nobody for that', async () => {
    const away = await openDatabase({ url: testDb.url, applicationName: 'rate-spec', poolSize: 1 });
    const take = createRateLimiter(away, { schema: 'public', name: 'rate' }, { points: 1, perMs: 1000 });
    await away.close();
    await expect(take('client-4')).rejects.toBeInstanceOf(Error);
  });
});

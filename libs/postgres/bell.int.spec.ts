import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createLogger } from '#libs/runtime';
import { eventually, testDatabase, type TestDatabase } from '#libs/testing';
import { openBell, type Bell } from './bell.js';
import { openDatabase, type Database } from './database.js';

type News = 'sent' | 'ended';

const log = createLogger('bell-spec', 'silent');
let testDb: TestDatabase;
let database: Database;
let bells: Bell<News>[];

const open = (name: string): Bell<News> =>
  openBell({
    ...{ url: testDb.url, database, channel: 'bell_spec', applicationName: name, log },
    news: ['sent', 'ended'],
  });

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'bell-spec', poolSize: 2 });
  bells = ['first', 'second', 'third'].map(open);
});
afterAll(async () => {
  await Promise.all(bells.map((bell) => bell.stop()));
  await database.close();
  await testDb.drop();
});

const listening = (name: string) =>
  database.query('select 1 from pg_stat_activity where application_name = $1 and query like $2', [name, 'listen%']);

/** Counts what a bell hears, once it hears. */
async function countOf(bell: Bell<News>, name: string): Promise<{ rings: number }> {
  const count = { rings: 0 };
  bell.hear(() => (count.rings += 1));
  await eventually(async () => {
    expect(await listening(name)).toHaveLength(1);
    expect(count.rings).toBe(1);
  });
  return count;
}

it('is heard by all others, also after their connections broke', async () => {
  const [first, second, third] = bells;
  const seconds = await countOf(second!, 'second');
  const thirds = await countOf(third!, 'third');
  first!.ring('sent');
  await eventually(() => {
    expect([seconds.rings, thirds.rings]).toEqual([2, 2]);
    return Promise.resolve();
  });
  second!.ring('sent');
  await eventually(() => {
    expect(thirds.rings).toBe(3);
    return Promise.resolve();
  });
  expect(seconds.rings).toBe(2);

  await database.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'third'`);
  await eventually(
    () => {
      // Whoever did not hear for a while is told when it hears again.
      expect(thirds.rings).toBe(4);
      return Promise.resolve();
    },
    { timeoutMs: 20_000 },
  );
  first!.ring('sent');
  await eventually(() => {
    expect(thirds.rings).toBe(5);
    return Promise.resolve();
  });
}, 60_000);

it('rings once more, not each time, for what comes while a ring is under way', async () => {
  const [first, , third] = bells;
  let rings = 0;
  third!.hear(() => (rings += 1));
  const heard = (count: number): Promise<void> =>
    eventually(() => {
      expect(rings).toBe(count);
      return Promise.resolve();
    });
  for (let n = 0; n < 100; n += 1) first!.ring('sent');
  await heard(2);
  first!.ring('sent');
  await heard(3);
});

it('says what the news is, all of what came meanwhile, and everything to who may have missed some', async () => {
  const [first, , third] = bells;
  const heard: string[][] = [];
  third!.hear((news) => heard.push([...news].toSorted()));
  first!.ring('ended');
  first!.ring('sent');
  first!.ring('ended');
  await eventually(() => {
    expect(heard).toEqual([['ended'], ['ended', 'sent']]);
    return Promise.resolve();
  });
  await database.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'third'`);
  await eventually(
    () => {
      expect(heard[2]).toEqual(['ended', 'sent']);
      return Promise.resolve();
    },
    { timeoutMs: 20_000 },
  );
}, 60_000);

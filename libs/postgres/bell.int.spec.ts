import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { createLogger } from '#libs/runtime';
import { eventually, testDatabase, type TestDatabase } from '#libs/testing';
import { openBell, type Bell } from './bell.js';
import { openDatabase, type Database } from './database.js';

type Channel = 'bell_spec_sent' | 'bell_spec_ended';

const log = createLogger('bell-spec', 'silent');
const bells: Bell<Channel>[] = [];
let testDb: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'bell-spec', poolSize: 2 });
});
afterEach(async () => {
  await Promise.all(bells.splice(0).map((bell) => bell.stop()));
});
afterAll(async () => {
  await database.close();
  await testDb.drop();
});

const connections = async (name: string): Promise<string[]> => {
  const rows = await database.query<{ query: string }>(
    'select query from pg_stat_activity where application_name = $1',
    [name],
  );
  return rows.map(({ query }) => query);
};

/** A bell and what it has heard; with these channels, once it hears them. */
async function open(name: string, ...channels: Channel[]): Promise<{ bell: Bell<Channel>; heard: Channel[] }> {
  const heard: Channel[] = [];
  const hears = new Map(channels.map((channel) => [channel, () => void heard.push(channel)]));
  const bell = openBell<Channel>({ url: testDb.url, database, hears, applicationName: name, log });
  bells.push(bell);
  await settled(heard, channels);
  return { bell, heard };
}

const settled = (heard: Channel[], expected: Channel[]): Promise<void> =>
  eventually(
    () => {
      expect(heard).toEqual(expected);
      return Promise.resolve();
    },
    { timeoutMs: 20_000 },
  );

it('is heard by all others, also after their connections broke', async () => {
  const first = await open('first');
  const second = await open('second', 'bell_spec_sent');
  const third = await open('third', 'bell_spec_sent');
  first.bell.ring('bell_spec_sent');
  await settled(second.heard, ['bell_spec_sent', 'bell_spec_sent']);
  second.bell.ring('bell_spec_sent');
  await settled(third.heard, ['bell_spec_sent', 'bell_spec_sent', 'bell_spec_sent']);
  expect(second.heard).toHaveLength(2);

  await database.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'third'`);
  // Whoever did not hear for a while is told when it hears again.
  await settled(third.heard, Array<Channel>(4).fill('bell_spec_sent'));
  first.bell.ring('bell_spec_sent');
  await settled(third.heard, Array<Channel>(5).fill('bell_spec_sent'));
}, 60_000);

it('is heard on the channels that one listens to, and connects for nobody who listens to none', async () => {
  const { bell } = await open('deaf');
  const ended = await open('ended', 'bell_spec_ended');
  const both = await open('both', 'bell_spec_sent', 'bell_spec_ended');
  bell.ring('bell_spec_sent');
  bell.ring('bell_spec_ended');
  await settled(both.heard, ['bell_spec_sent', 'bell_spec_ended', 'bell_spec_sent', 'bell_spec_ended']);
  await settled(ended.heard, ['bell_spec_ended', 'bell_spec_ended']);
  expect(await connections('deaf')).toEqual([]);
  expect(await connections('both')).toHaveLength(1);

  await database.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'both'`);
  // It may have missed rings of both.
  await settled(both.heard, Array<Channel[]>(3).fill(['bell_spec_sent', 'bell_spec_ended']).flat());
}, 60_000);

it('rings once more, not each time, for what comes while a ring is under way', async () => {
  const { bell } = await open('first');
  const { heard } = await open('second', 'bell_spec_sent');
  for (let n = 0; n < 100; n += 1) bell.ring('bell_spec_sent');
  await settled(heard, Array<Channel>(3).fill('bell_spec_sent'));
  bell.ring('bell_spec_sent');
  await settled(heard, Array<Channel>(4).fill('bell_spec_sent'));
});

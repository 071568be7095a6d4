import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { platformProfiles } from '#libs/platforms';
import { openDatabase, type Database } from '#libs/postgres';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { createPlatformCaller, type PlatformCaller } from '../../apps/platform-connector/calls/platform-caller.js';
import { createThrottle, type Throttle } from '../../apps/platform-connector/calls/throttle.js';
import { startSimulator, type SimulatorUnderTest } from '../../apps/platform-simulator/testing/simulator-under-test.js';

const name = '1NCE';
const { rateLimit, changes, results, credentials } = platformProfiles[name];
const patienceMs = 60_000;

let testDb: TestDatabase;
let databases: Database[];
let simulator: SimulatorUnderTest;
let caller: PlatformCaller;

beforeAll(async () => {
  testDb = await testDatabase();
  const open = () => openDatabase({ url: testDb.url, applicationName: 'throttle-spec', poolSize: 2 });
  databases = await Promise.all([open(), open()]);
  simulator = await startSimulator();
  caller = createPlatformCaller({
    ...{
      changes,
      results,
      credentials,
      baseUrl: `${simulator.url}/${name}`,
      credential: `simulated-${name}-credential`,
    },
    ...{ requestTimeoutMs: 10_000, concurrency: 32 },
  });
}, 60_000);
afterAll(async () => {
  await caller.close();
  await simulator.stop();
  await Promise.all(databases.map((database) => database.close()));
  await testDb.drop();
});
beforeEach(() => simulator.reset());

/** A throttle per instance of the connector. */
const instances = (): Throttle[] => databases.map((database) => createThrottle(database, { name, rateLimit }));

describe('the throttle of 1NCE', () => {
  it('lets two instances together call as often as they may, and never more', async () => {
    const calls = instances().flatMap((throttle) =>
      Array.from({ length: 16 }, async (_, index) => {
        expect(await throttle.take(patienceMs)).toBe(0);
        return caller.readSim(`8900000000000000${String(index).padStart(4, '0')}`);
      }),
    );
    const answers = (await Promise.all(calls)).map(({ kind }) => kind);
    expect(answers).toEqual(Array(32).fill('sim'));
    const { body } = await simulator.admin('GET', '/counts');
    expect(body.platforms[name]).toMatchObject({ calls: 32, limited: 0 });
  }, 60_000);

  it('tells whoever does not wait when to come again, without a point taken', async () => {
    const [throttle] = instances();
    expect(await throttle!.take(patienceMs)).toBe(0);
    const waits = await Promise.all([1, 2, 3].map(() => throttle!.take(0)));
    for (const waitMs of waits) {
      expect(waitMs).toBeGreaterThan(0);
      expect(waitMs).toBeLessThanOrEqual(112);
    }
  });
});

it('does not ask the database for a platform without a limit', async () => {
  const asked = () => Promise.reject(new Error('was asked'));
  const nothing = { query: asked, execute: asked, write: asked };
  expect(await createThrottle(nothing, { name: 'JASPER', rateLimit: null }).take(0)).toBe(0);
});

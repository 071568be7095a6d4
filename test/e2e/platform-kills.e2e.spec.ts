import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import { changeSimStatus } from './harness/commands.js';
import { platformProblems } from './harness/judge-platforms.js';
import { startKiller, type Kill, type KillerOptions } from './harness/killer.js';
import { openPlatformScene, type PlatformScene } from './harness/platforms.js';
import { seededRandom } from './harness/random.js';

/** Operations under way at a time while processes are killed. */
const operations = Number(process.env['SIMYARD_TEST_PLATFORM_OPERATIONS'] ?? 1000);

const random = seededRandom('platform-kills');
/** Slow enough that operations are under way for as long as it takes to kill some processes. */
const slow = { answerMs: { min: 50, max: 300 }, completionMs: { min: 500, max: 3000 } };
let scene: PlatformScene;

beforeAll(async () => {
  scene = await openPlatformScene({
    name: 'platform-kills',
    // at once, at once and not idempotent, by callback, by callback and not idempotent, by polling
    platforms: ['JASPER', 'IOTA', 'TMSP', 'STC', 'INTELSAT'],
    subscribers: operations,
    settings: {
      concurrency: 4,
      requestTimeoutMs: 2000,
      pollMs: 500,
      callbackGraceMs: 5000,
      giveUpMs: 600_000,
      attempts: 50,
    },
    simulated: slow,
    instances: { subscriber: 1, 'platform-connector': 2, monitor: 2 },
  });
}, 300_000);

afterAll(() => scene.stop());

describe(`${operations} operations at platforms, while connector and monitor are killed again and again`, () => {
  it('all end, none is carried out twice, and Simyard has what the platforms have', async () => {
    const startedAt = performance.now();
    await scene.producer.send(scene.subscribers.map(({ externalId }) => changeSimStatus(externalId, 'SUSPENDED')));
    await eventually(async () => expect(await countOpen()).toBe(operations), { timeoutMs: 120_000, intervalMs: 50 });
    const kills = await killUntilEnded();
    await eventually(async () => expect(await unsettled()).toBe(0), { timeoutMs: 60_000, intervalMs: 200 });
    expect(await platformProblems(scene, 'SUSPENDED')).toEqual([]);
    const midFlight = (name: string): number => kills.filter((kill) => kill.service === name && kill.midFlight).length;
    const seen = {
      connectorKilledMidFlight: midFlight('platform-connector'),
      monitorKilledMidFlight: midFlight('monitor'),
      moments: new Set(kills.map(({ moment }) => moment)).size,
    };
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    process.stderr.write(`platform-kills: ${JSON.stringify({ operations, ...seen, kills: kills.length, seconds })}\n`);
    // Otherwise it was no test.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
  }, 600_000);
});

/** Most hits before the kill. */
const [someBatches, somePasses] = [5, 20];
const failpoints: KillerOptions['failpoints'] = {
  'platform-connector': { 'after-record': someBatches, 'relay-after-send': somePasses },
  monitor: { 'after-commit': someBatches, 'before-commit': someBatches, 'relay-after-send': somePasses },
};

async function killUntilEnded(): Promise<Kill[]> {
  const killer = startKiller({
    ...{ stack: scene.stack, random, failpoints, untilGoneOn },
    victims: scene.services.filter(({ name }) => name === 'platform-connector' || name === 'monitor'),
    isMidFlight: async () => (await countOpen()) > 0,
    onStart: () => undefined,
  });
  await eventually(async () => expect(await countOpen()).toBe(0), { timeoutMs: 400_000, intervalMs: 200 }).finally(() =>
    killer.stop(),
  );
  return killer.stop();
}

const someOperations = Math.max(1, Math.floor(operations / 10));

/** Resolves when some more operations have ended. */
async function untilGoneOn(over: AbortSignal): Promise<void> {
  const before = await countOpen();
  await eventually(
    async () => {
      if (over.aborted) return;
      expect(await countOpen()).toBeLessThanOrEqual(Math.max(0, before - someOperations));
    },
    { timeoutMs: 120_000, intervalMs: 50 },
  );
}

const countOpen = (): Promise<number> =>
  count(`select count(*)::int as n from operations.operation where status = 'IN_PROGRESS'`);
const unsettled = (): Promise<number> => count('select count(*)::int as n from platforms.request where not settled');

async function count(sql: string): Promise<number> {
  const [row] = await scene.stack.database.query<{ n: number }>(sql);
  return row?.n ?? 0;
}

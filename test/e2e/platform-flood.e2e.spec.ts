import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import { usageOf } from '#tools/bench/process-usage';
import { changeSimStatus } from './harness/commands.js';
import { platformProblems } from './harness/judge-platforms.js';
import { openPlatformScene, type PlatformScene } from './harness/platforms.js';

/** Asynchronous operations in flight at once. */
const operations = Number(process.env['SIMYARD_TEST_PLATFORM_FLOOD'] ?? 10_000);
const mostMiB = 400;
const perSend = 1000;

let scene: PlatformScene;

beforeAll(async () => {
  scene = await openPlatformScene({
    name: 'platform-flood',
    platforms: ['TMSP', 'INTELSAT', 'AIRLINQ', 'STC', 'TURKCELL', 'GALAXY1'],
    subscribers: operations,
    settings: { pollMs: 5000, giveUpMs: 600_000, callbackGraceMs: 60_000 },
    simulated: { answerMs: { min: 5, max: 20 }, completionMs: { min: 8000, max: 15_000 }, callbackAttempts: 10 },
    instances: { subscriber: 1, monitor: 1 },
  });
}, 300_000);

afterAll(() => scene.stop());

describe(`${operations} asynchronous operations in flight at once`, () => {
  it('all end, each carried out once, and connector and monitor keep to their memory', async () => {
    const { producer, subscribers, services } = scene;
    for (let from = 0; from < operations; from += perSend) {
      const some = subscribers.slice(from, from + perSend);
      await producer.send(some.map(({ externalId }) => changeSimStatus(externalId, 'SUSPENDED')));
    }
    // Nobody takes the requests yet: so all are in flight together.
    await eventually(async () => expect(await countOpen()).toBe(operations), { timeoutMs: 120_000, intervalMs: 200 });
    const connector = await scene.start('platform-connector');
    const startedAt = performance.now();
    let accepted = 0;
    await eventually(
      async () => {
        accepted = Math.max(
          accepted,
          await count(`select count(*)::int as n from platforms.request where state = 'SENT'`),
        );
        expect(await countOpen()).toBe(0);
      },
      { timeoutMs: 400_000, intervalMs: 300 },
    );
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const monitor = services.find(({ name }) => name === 'monitor');
    const peaks = {
      connectorMiB: (await usageOf(connector.pid)).peakMiB,
      monitorMiB: (await usageOf(monitor?.pid ?? 0)).peakMiB,
    };
    process.stderr.write(`platform-flood: ${JSON.stringify({ operations, accepted, ...peaks, seconds })}\n`);
    for (const peak of Object.values(peaks)) expect(peak).toBeLessThan(mostMiB);
    await eventually(async () => expect(await count(unsettled)).toBe(0), { timeoutMs: 60_000, intervalMs: 200 });
    expect(await platformProblems(scene, 'SUSPENDED')).toEqual([]);
  }, 600_000);
});

const unsettled = 'select count(*)::int as n from platforms.request where not settled';
const countOpen = (): Promise<number> =>
  count(`select count(*)::int as n from operations.operation where status = 'IN_PROGRESS'`);

async function count(sql: string): Promise<number> {
  const [row] = await scene.stack.database.query<{ n: number }>(sql);
  return row?.n ?? 0;
}

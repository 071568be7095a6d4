import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually, privateInfrastructure, type PrivateInfrastructure } from '#libs/testing';
import { startLoad } from './harness/load.js';
import { seededRandom } from './harness/random.js';
import { openScene, type Scene } from './harness/scene.js';
import { untilReady } from './harness/stack.js';

/** One pause of 200 ms between two attempts, and the attempts themselves. */
const retryBudgetMs = 1000;
let infrastructure: PrivateInfrastructure;
let scene: Scene;

beforeAll(async () => {
  infrastructure = await privateInfrastructure();
  scene = await openScene({
    name: 'outages',
    servers: infrastructure,
    instances: { subscriber: 1, 'resource-swap': 2, 'dwh-sink': 1 },
    environment: { SIMYARD_RETRY_ATTEMPTS: '2' },
    subscribers: 300,
    random: seededRandom('outages'),
  });
}, 300_000);

afterAll(async () => {
  await scene.stop();
  await infrastructure.stop();
}, 120_000);

describe('infrastructure that is away', () => {
  it('dead-letters nothing when Postgres stops at once, for five times the retry budget', async () => {
    const load = startLoad(scene.producer, scene.script, { perSend: 10, everyMs: 50 });
    for (let outage = 0; outage < 2; outage += 1) {
      await delay(1500);
      await infrastructure.postgres.stop('immediate');
      await Promise.all([delay(5 * retryBudgetMs), untilAllAre(503)]);
      await infrastructure.postgres.start();
      await untilAllAre(200);
    }
    await load.stop();
    const { problems } = await scene.verdict();
    expect(problems).toEqual([]);
    expect(scene.reader.deadLetters()).toEqual([]);
  }, 240_000);

  it.each(['immediate', 'graceful'] as const)(
    'loses nothing when the broker restarts (%s stop)',
    async (mode) => {
      const load = startLoad(scene.producer, scene.script, { perSend: 10, everyMs: 50 });
      await delay(1500);
      const sent = scene.producer.ledger.deliveries;
      await infrastructure.kafka.stop(mode);
      await delay(2000);
      await infrastructure.kafka.start();
      await eventually(() => expect(scene.producer.ledger.deliveries).toBeGreaterThan(sent + 200), {
        timeoutMs: 60_000,
      });
      await load.stop();
      const { problems } = await scene.verdict();
      expect(problems).toEqual([]);
      expect(scene.reader.deadLetters()).toEqual([]);
      await Promise.all(scene.services.map(({ url }) => untilReady(url)));
    },
    240_000,
  );
});

const untilAllAre = (status: number): Promise<void> =>
  eventually(
    async () => {
      const answers = await Promise.all(scene.services.map(async ({ url }) => (await fetch(`${url}/readyz`)).status));
      expect(answers).toEqual(answers.map(() => status));
    },
    { timeoutMs: 60_000, intervalMs: 100 },
  );

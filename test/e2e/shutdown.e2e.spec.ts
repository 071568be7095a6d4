import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceName, ServiceProcess } from '#tools/stack/index';
import { eventually } from '#libs/testing';
import { startLoad } from './harness/load.js';
import { readMetric } from './harness/metrics.js';
import { seededRandom } from './harness/random.js';
import { openScene, type Scene } from './harness/scene.js';
import { countLockWaits } from './harness/state.js';

const random = seededRandom('shutdown');
let scene: Scene;

beforeAll(async () => {
  scene = await openScene({
    name: 'shutdown',
    instances: { gateway: 1, subscriber: 1, monitor: 1, 'resource-swap': 1, 'dwh-sink': 1 },
    subscribers: 300,
    random,
  });
}, 300_000);

afterAll(() => scene.stop());

describe('a service that is told to end', () => {
  it('ends with code 0 under load, and leaves nothing to be delivered again', async () => {
    const load = startLoad(scene.producer, scene.script, { perSend: 20, everyMs: 50 });
    const successors = [];
    for (const name of ['resource-swap', 'dwh-sink', 'resource-swap'] as const) {
      await delay(1000 + random.int(1000));
      const startedAt = performance.now();
      running(name).kill('SIGTERM');
      expect(await running(name).ended).toEqual({ code: 0, signal: null });
      expect(performance.now() - startedAt).toBeLessThan(25_000);
      successors.push(await scene.stack.start(name));
    }
    await load.stop();
    const { verdict, problems } = await scene.verdict();
    expect(problems).toEqual([]);
    expect(verdict.repeats).toBe(0);
    const [, sink, swapper] = successors;
    expect(await readMetric(swapper!.url, 'simyard_inbox_repeats_total')).toBe(0);
    expect(await readMetric(sink!.url, 'simyard_dwh_changes_repeated_total')).toBe(0);
    // Otherwise the successors had nothing to take over.
    expect(await readMetric(swapper!.url, 'simyard_batch_records_sum')).toBeGreaterThan(0);
    expect(await readMetric(sink!.url, 'simyard_dwh_changes_inserted_total')).toBeGreaterThan(0);
  });

  it('says so at readyz while a batch is under way, which comes to its end', async () => {
    const { script, producer, stack } = scene;
    const [externalId = ''] = script.externalIds;
    const victim = running('resource-swap');
    const url = await victim.up;
    await stack.database.transaction(async (tx) => {
      await tx.query('select from inventory.subscriber where external_id = $1 for update', [externalId]);
      await producer.send([script.swapOf(externalId)]);
      await eventually(async () => expect(await countLockWaits(stack.database)).toBeGreaterThan(0));
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      victim.kill('SIGTERM');
      await eventually(async () => expect((await fetch(`${url}/readyz`)).status).toBe(503));
      expect((await fetch(`${url}/livez`)).status).toBe(200);
    });
    expect(await victim.ended).toEqual({ code: 0, signal: null });
    // Its end was published by the one who is gone.
    await untilSettled();
    const successor = await stack.start('resource-swap');
    expect((await scene.verdict()).problems).toEqual([]);
    expect(await readMetric(successor.url, 'simyard_batch_records_sum')).toBe(0);
  });

  it('ends with code 0, whichever it is', async () => {
    const services = scene.stack.running();
    expect(new Set(services.map(({ name }) => name)).size).toBe(5);
    const exits = await Promise.all(services.map((service) => service.stop()));
    expect(exits).toEqual(services.map(() => ({ code: 0, signal: null })));
    await Promise.all(services.map(({ name }) => scene.stack.start(name)));
  });
});

const running = (name: ServiceName): ServiceProcess => scene.stack.running().find((process) => process.name === name)!;

async function untilSettled(): Promise<void> {
  await eventually(() => expect(scene.ends().size).toBe(scene.producer.ledger.ids.size), { timeoutMs: 30_000 });
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { interactiveTopic } from '#libs/contracts';
import { eventually } from '#libs/testing';
import type { TestCommand } from './harness/commands.js';
import { createLedgerProducer } from './harness/ledger.js';
import { watchCounter, type CounterWatch } from './harness/metrics.js';
import { seededRandom } from './harness/random.js';
import { openScene, type Scene } from './harness/scene.js';

const random = seededRandom('duplicates');
let scene: Scene;
let inboxRepeats: CounterWatch;

beforeAll(async () => {
  inboxRepeats = watchCounter('simyard_inbox_repeats_total');
  scene = await openScene({
    name: 'duplicates',
    instances: { subscriber: 2, 'resource-swap': 2, 'dwh-sink': 2 },
    environment: { SIMYARD_BATCH_SIZE: '50' },
    subscribers: 300,
    random,
  });
  for (const { url } of scene.services) inboxRepeats.add(url);
}, 300_000);

afterAll(async () => {
  inboxRepeats.stop();
  await scene.stop();
});

describe('with two instances of each service', () => {
  it('applies every command once that is delivered three times, shuffled', async () => {
    const { producer, script } = scene;
    const before = inboxRepeats.total();
    const commands = Array.from({ length: 1500 }, () => script.next());
    for (const delivery of chunks(thriceShuffled(commands), 200)) await producer.send(delivery);
    const { problems } = await scene.verdict();
    expect(problems).toEqual([]);
    // Otherwise it was no test.
    await eventually(() => expect(inboxRepeats.total()).toBe(before + 2 * commands.length));
  });

  it('applies a command once that comes on two topics at the same time', async () => {
    const { producer, script } = scene;
    const before = inboxRepeats.total();
    const commands = script.externalIds.map((externalId) => script.swapOf(externalId));
    const interactive = await createLedgerProducer(scene.stack.kafka);
    await Promise.all([
      producer.send(commands),
      interactive.send(random.shuffle(commands), { topic: interactiveTopic('resource-swap') }),
    ]);
    await interactive.close();
    const { problems } = await scene.verdict();
    expect(problems).toEqual([]);
    await eventually(() => expect(inboxRepeats.total()).toBe(before + commands.length));
  });
});

/** The first deliveries in order, as a producer sends them; each command's others anywhere after its first. */
function thriceShuffled(commands: TestCommand[]): TestCommand[] {
  return commands
    .flatMap((command, index) => [
      { command, at: index },
      { command, at: index + random.int(commands.length) },
      { command, at: index + random.int(20) },
    ])
    .sort((a, b) => a.at - b.at)
    .map(({ command }) => command);
}

function chunks<T>(items: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

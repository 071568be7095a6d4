import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { commandTopic } from '#libs/contracts';
import type { Database } from '#libs/postgres';
import { partitionsByMember } from './harness/assignments.js';
import { swap, type TestCommand } from './harness/commands.js';
import { createLedgerProducer } from './harness/ledger.js';
import { seededRandom } from './harness/random.js';
import { openScene, type Scene } from './harness/scene.js';
import { countDeadlocks, countLockWaits } from './harness/state.js';

const topic = commandTopic('resource-swap');
const random = seededRandom('contention');
let scene: Scene;
/** Two partitions that two instances have, one each. */
let one: number;
let other: number;

beforeAll(async () => {
  scene = await openScene({
    name: 'contention',
    environment: { SIMYARD_BATCH_SIZE: '150' },
    instances: { subscriber: 1, 'resource-swap': 2, 'dwh-sink': 1 },
    subscribers: 400,
    random,
  });
  const [first = [], second = []] = await partitionsByMember(scene.stack.kafka, 'simyard.resource-swap', topic);
  [one, other] = [first[0]!, second[0]!];
}, 300_000);

afterAll(() => scene.stop());

describe('a swap chain', () => {
  it('works within one batch: each takes the number that the one before gives up', async () => {
    const { script, producer, stack } = scene;
    const commands: TestCommand[] = [];
    let free = script.freshNumber();
    for (const externalId of script.externalIds.slice(0, 150)) {
      commands.push(script.swapTo(externalId, free));
      free = String(commands.at(-1)!.data['swapResource']);
    }
    await producer.send(commands, { partition: one });
    expect((await scene.verdict()).problems).toEqual([]);
    const transactions = await stack.database.query(
      'select distinct xmin::text from operations.operation where command_id = any($1)',
      [commands.map(({ id }) => id)],
    );
    expect(transactions).toHaveLength(1);
  });
});

describe('opposite swaps', () => {
  it('are both refused within one batch, whoever comes first', async () => {
    const { script, producer } = scene;
    const commands = pairs(script.externalIds.slice(0, 100)).flatMap(([a, b]) => {
      const [x, y] = [script.numberOf(a), script.numberOf(b)];
      return random.chance(0.5)
        ? [script.swapTo(a, y), script.swapTo(b, x)]
        : [script.swapTo(b, x), script.swapTo(a, y)];
    });
    await producer.send(commands, { partition: one });
    expect((await scene.verdict()).problems).toEqual([]);
    expect(tally(commands, scene.ends())).toEqual({ RESOURCE_IN_USE: 100 });
  });

  it('are all done in one order or another by concurrent batches of two instances', async () => {
    const { script, producer, stack } = scene;
    const deadlocksBefore = await countDeadlocks(stack.database);
    const opponent = await createLedgerProducer(stack.kafka);
    const waits = watchLockWaits(stack.database);
    const seen = new Set<string>();
    for (let round = 0; round < 6; round += 1) {
      const trades = pairs(random.shuffle(script.externalIds)).map(tradeOf);
      const [here, there] = random.shuffle([one, other]);
      await Promise.all([
        producer.send(
          trades.flatMap(({ away, over }) => [away, over]),
          { partition: here! },
        ),
        opponent.send(random.shuffle(trades.map(({ back }) => back)), { partition: there! }),
      ]);
      for (const { back } of trades) producer.ledger.ids.add(back.id);
      expect((await scene.verdict()).problems).toEqual([]);
      const ends = scene.ends();
      for (const trade of trades) seen.add(describeEnds(trade, ends));
      script.adopt(
        trades.flatMap(({ away, over, back }) => [away, over, back]),
        ends,
      );
    }
    await opponent.close();
    await waits.stop();
    const deadlocks = (await countDeadlocks(stack.database)) - deadlocksBefore;
    process.stderr.write(
      `contention: ${waits.seen()} lock waits and ${deadlocks} deadlocks seen; ${[...seen].join('; ')}\n`,
    );
    expect(serialEnds).toEqual(expect.arrayContaining([...seen]));
    expect(scene.reader.deadLetters()).toEqual([]);
    // Otherwise it was no test.
    expect(waits.seen()).toBeGreaterThan(0);
    expect(seen.size).toBeGreaterThan(1);
  });
});

describe('a race for one number', () => {
  it('has one winner, each of many times', async () => {
    const { script, producer, stack } = scene;
    const opponent = await createLedgerProducer(stack.kafka);
    const races = Array.from({ length: 100 }, (_, index) => {
      const number = script.freshNumber();
      return [0, 1, 2, 3].map((runner) => {
        const externalId = script.externalIds[4 * index + runner]!;
        return swap(externalId, script.numberOf(externalId), number);
      });
    });
    const here = races.flatMap((runners) => runners.slice(0, 2));
    const there = random.shuffle(races.flatMap((runners) => runners.slice(2)));
    await Promise.all([producer.send(here, { partition: one }), opponent.send(there, { partition: other })]);
    for (const { id } of there) producer.ledger.ids.add(id);
    await opponent.close();
    expect((await scene.verdict()).problems).toEqual([]);
    const ends = scene.ends();
    expect(races.map((runners) => tally(runners, ends))).toEqual(
      races.map(() => ({ COMPLETED: 1, RESOURCE_IN_USE: 3 })),
    );
    script.adopt(races.flat(), ends);
  });
});

/** A has x and goes away to a free number, then over to B's y; B comes back for x. */
interface Trade {
  away: TestCommand;
  over: TestCommand;
  back: TestCommand;
}

function tradeOf([a, b]: readonly [string, string]): Trade {
  const { script } = scene;
  const [x, y, free] = [script.numberOf(a), script.numberOf(b), script.freshNumber()];
  return { away: swap(a, x, free), over: swap(a, free, y), back: swap(b, y, x) };
}

/** Ends of away, over and back in the three orders that keep A's own. */
const serialEnds = [
  'COMPLETED RESOURCE_IN_USE COMPLETED',
  'COMPLETED COMPLETED COMPLETED',
  'COMPLETED RESOURCE_IN_USE RESOURCE_IN_USE',
];

const describeEnds = ({ away, over, back }: Trade, ends: ReadonlyMap<string, string>): string =>
  [away, over, back].map(({ id }) => ends.get(id)).join(' ');

function tally(commands: TestCommand[], ends: ReadonlyMap<string, string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { id } of commands) {
    const end = ends.get(id) ?? 'nothing';
    counts[end] = (counts[end] ?? 0) + 1;
  }
  return counts;
}

function pairs<T>(items: readonly T[]): (readonly [T, T])[] {
  return Array.from({ length: Math.floor(items.length / 2) }, (_, index) => [items[2 * index]!, items[2 * index + 1]!]);
}

/** Counts how often a look at the database finds somebody waiting for a row lock. */
function watchLockWaits(database: Database): { seen: () => number; stop: () => Promise<void> } {
  let seen = 0;
  let stopped = false;
  const run = async (): Promise<void> => {
    while (!stopped) {
      seen += await countLockWaits(database);
      await delay(2);
    }
  };
  const running = run();
  return {
    seen: () => seen,
    stop: async () => {
      stopped = true;
      await running;
    },
  };
}

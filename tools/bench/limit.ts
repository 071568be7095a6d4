import { actorKey } from '#libs/access';
import { createCommandRunner } from '#libs/transactions';
import { openDatabase } from '#libs/postgres';
import type { KafkaRecord } from '#libs/kafka';
import { ResourceSwapController } from '../../apps/resource-swap/resource-swap.controller.js';
import { benchActor, benchTenant } from './fleet.js';
import { swapMessage } from './preload.js';
import type { BenchStack } from './stack.js';

export interface LimitResult {
  commands: number;
  seconds: number;
  perSecond: number;
}

const batchSize = 1000;
const concurrency = 2;

/** The limit: the same transactions of the same batches, called directly: no broker, no relay, no warehouse. */
export async function measureLimit(stack: BenchStack, commands: number, round: number): Promise<LimitResult> {
  const database = await openDatabase({
    url: stack.infrastructure.databaseUrl,
    applicationName: 'bench-limit',
    poolSize: concurrency + 1,
  });
  const controller = new ResourceSwapController();
  const actor = { username: benchActor, tenantId: benchTenant, accountId: benchTenant };
  const runner = createCommandRunner({
    database,
    actors: { resolve: () => Promise.resolve(new Map([[actorKey(benchTenant, benchActor), actor]])) },
    source: '/bench/limit',
  });
  const batches = recordBatches(commands, round);
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (let batch = batches.shift(); batch; batch = batches.shift()) {
        await runner.handle(batch, () => (data, context) => controller.swap(data as never, context as never));
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  await database.close();
  return { commands, seconds, perSecond: commands / seconds };
}

function recordBatches(commands: number, round: number): KafkaRecord[][] {
  const batches: KafkaRecord[][] = [];
  for (let from = 0; from < commands; from += batchSize) {
    const size = Math.min(batchSize, commands - from);
    batches.push(Array.from({ length: size }, (_, index) => record(from + index, round)));
  }
  return batches;
}

function record(index: number, round: number): KafkaRecord {
  const { topic, key, value, headers } = swapMessage(index, round);
  return {
    topic,
    partition: 0,
    offset: BigInt(index),
    key: Buffer.from(String(key)),
    value: Buffer.from(String(value)),
    headers,
    timestamp: Date.now(),
  };
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createProducer, ensureTopics, sendPatiently } from '#libs/kafka';
import { projectDir } from '../../infra/index.js';
import { swapMessage } from '../preload.js';
import { untilStored } from '../product.js';
import type { BenchStack } from '../stack.js';
import { topics } from './messages.js';

export interface NestWayResult {
  commands: number;
  seconds: number;
  perSecond: number;
}

const definitions = Object.values(topics).map((name) => ({
  ...{ name, partitions: 12, retentionMs: -1, maxMessageBytes: 1024 * 1024 },
}));

/** The comparison programs on the same broker and tables: preloaded commands → state → events → rows of the warehouse. */
export async function measureNestWay(stack: BenchStack, commands: number, round: number): Promise<NestWayResult> {
  await ensureTopics(stack.client, { definitions });
  const producer = createProducer(stack.client);
  await sendPatiently(
    producer,
    Array.from({ length: commands }, (_, index) => ({ ...swapMessage(index, round), topic: topics.commands })),
  );
  await producer.close();
  const before = await stack.storedChanges();
  const { kafkaBrokers, databaseUrl } = stack.infrastructure;
  const program = join(projectDir, 'dist/tools/bench/nest-way/main.js');
  const children = ['swap', 'store'].map((part) =>
    spawn(process.execPath, [program, part, kafkaBrokers.join(','), databaseUrl], {
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  try {
    await Promise.all(children.map((child) => once(createInterface({ input: child.stdout }), 'line')));
    const startedAt = performance.now();
    await untilStored(stack, before + commands);
    const seconds = (performance.now() - startedAt) / 1000;
    return { commands, seconds, perSecond: commands / seconds };
  } finally {
    await Promise.all(children.map(stop));
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { createProducer, ensureTopics, sendPatiently } from '#libs/kafka';
import { projectDir } from '../../infra/index.js';
import { externalIdOf, msisdnOf } from '../fleet.js';
import type { BenchStack } from '../stack.js';
import { entities } from './entities.js';

export interface NestWayResult {
  commands: number;
  seconds: number;
  perSecond: number;
}

const topics = ['nest-way.commands', 'nest-way.events'].map((name) => ({
  ...{ name, partitions: 12, retentionMs: -1, maxMessageBytes: 1024 * 1024 },
}));

/** The comparison program on the same broker and server: preloaded commands → state → events → stored changes. */
export async function measureNestWay(stack: BenchStack, commands: number): Promise<NestWayResult> {
  await createTables(stack, commands);
  await ensureTopics(stack.client, { definitions: topics });
  const producer = createProducer(stack.client);
  await sendPatiently(
    producer,
    Array.from({ length: commands }, (_, index) => commandMessage(index)),
  );
  await producer.close();
  const { kafkaBrokers, databaseUrl } = stack.infrastructure;
  const program = join(projectDir, 'dist/tools/bench/nest-way/main.js');
  const child = spawn(process.execPath, [program, kafkaBrokers.join(','), databaseUrl], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(createInterface({ input: child.stdout }), 'line');
    const startedAt = performance.now();
    while ((await stored(stack)) < commands) await delay(200);
    const seconds = (performance.now() - startedAt) / 1000;
    return { commands, seconds, perSecond: commands / seconds };
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}

async function createTables(stack: BenchStack, subscribers: number): Promise<void> {
  await stack.database.execute('create schema if not exists nest_way');
  const dataSource = new DataSource({
    type: 'postgres',
    url: stack.infrastructure.databaseUrl,
    entities,
    synchronize: true,
  });
  await dataSource.initialize();
  await dataSource.destroy();
  await stack.database.execute(
    `with fresh as (
       insert into nest_way.subscriber (id, "externalId", state)
       select gen_random_uuid(), 'SUB-' || n, 'Active' from generate_series(0, $1::int - 1) as n
       returning id, substr("externalId", 5)::bigint as n)
     insert into nest_way.resource (id, "subscriberId", type, value, version, "validFrom")
     select gen_random_uuid(), id, 'MSISDN', (10000000000 + n)::text, 1, now() from fresh`,
    [subscribers],
  );
  await stack.database.execute('analyze nest_way.subscriber');
  await stack.database.execute('analyze nest_way.resource');
}

async function stored(stack: BenchStack): Promise<number> {
  const [row] = await stack.database.query<{ n: number }>('select count(*)::int as n from nest_way.entity_change');
  return row?.n ?? 0;
}

function commandMessage(index: number): { topic: string; key: string; value: string; headers: Record<string, string> } {
  const value = {
    commandId: `C-${index}`,
    externalId: externalIdOf(index),
    swapResource: msisdnOf(index, 0),
    resource: msisdnOf(index, 1),
  };
  return { topic: 'nest-way.commands', key: value.externalId, value: JSON.stringify(value), headers: {} };
}

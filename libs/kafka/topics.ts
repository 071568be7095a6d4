import type { Admin } from 'kafkajs';
import { setTimeout as delay } from 'node:timers/promises';
import { topics, type TopicDefinition } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import type { KafkaClient } from './client.js';

/**
 * Creates the topics that do not exist yet and returns their names, once every partition has a leader. Existing topics
 * are left as the operator set them. Throws BROKER_UNAVAILABLE when leaders do not come.
 */
export async function ensureTopics(
  client: KafkaClient,
  options: { replicationFactor?: number; definitions?: TopicDefinition[] } = {},
): Promise<string[]> {
  const admin = client.kafka.admin();
  await admin.connect();
  try {
    const definitions = options.definitions ?? topics;
    const existing = new Set(await admin.listTopics());
    const missing = definitions.filter((topic) => !existing.has(client.prefix + topic.name));
    if (missing.length > 0) await create(admin, client.prefix, missing, options.replicationFactor ?? 1);
    await untilLed(
      admin,
      definitions.map((topic) => client.prefix + topic.name),
    );
    return missing.map((topic) => topic.name);
  } finally {
    await admin.disconnect();
  }
}

async function create(
  admin: Admin,
  prefix: string,
  missing: TopicDefinition[],
  replicationFactor: number,
): Promise<void> {
  await admin.createTopics({
    // kafkajs's own wait throws when a broker has not heard of the topic yet.
    waitForLeaders: false,
    topics: missing.map((topic) => ({
      topic: prefix + topic.name,
      numPartitions: topic.partitions,
      replicationFactor,
      configEntries: [
        { name: 'cleanup.policy', value: 'delete' },
        { name: 'retention.ms', value: String(topic.retentionMs) },
        { name: 'max.message.bytes', value: String(topic.maxMessageBytes) },
      ],
    })),
  });
}

const leadersWithinMs = 30_000;
const lookEveryMs = 100;

async function untilLed(admin: Admin, names: string[]): Promise<void> {
  const deadline = performance.now() + leadersWithinMs;
  for (;;) {
    const problem = await leaderless(admin, names);
    if (problem === undefined) return;
    if (performance.now() > deadline) throw new SimyardError('BROKER_UNAVAILABLE', { cause: problem });
    await delay(lookEveryMs);
  }
}

async function leaderless(admin: Admin, names: string[]): Promise<Error | undefined> {
  try {
    const metadata = await admin.fetchTopicMetadata({ topics: names });
    const waiting = metadata.topics.find((topic) => topic.partitions.some((partition) => partition.leader < 0));
    return waiting && new Error(`${waiting.name} has a partition without a leader`);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

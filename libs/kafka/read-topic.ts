import type { Consumer } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { asSimyardError, SimyardError } from '#libs/errors';
import type { KafkaClient } from './client.js';
import { toBrokerError } from './producer.js';
import { toRecord, type KafkaRecord } from './record.js';

export type OnRecords = (records: KafkaRecord[]) => Promise<void>;

/**
 * Hands over what a topic holds as of now, in batches, each partition in its order, and leaves no offset behind. Its group
 * is `<prefix>simyard.reader.<uuid>`. Throws NOT_FOUND when there is no such topic, BROKER_UNAVAILABLE, and what
 * `onRecords` throws.
 */
export async function readTopic(client: KafkaClient, topic: string, onRecords: OnRecords): Promise<void> {
  const consumer = client.brief.consumer({ groupId: `${client.prefix}simyard.reader.${randomUUID()}` });
  try {
    const ends = await readEnds(client, topic);
    if (ends.size === 0) return;
    await consumer.connect();
    await consumer.subscribe({ topics: [client.prefix + topic], fromBeginning: true });
    await readUntil(consumer, topic, ends, onRecords);
  } catch (error) {
    throw toBrokerError(error);
  } finally {
    await consumer.disconnect();
  }
}

/** Where each partition that is not empty ends. */
async function readEnds(client: KafkaClient, topic: string): Promise<Map<number, bigint>> {
  const admin = client.brief.admin();
  try {
    await admin.connect();
    if (!(await admin.listTopics()).includes(client.prefix + topic)) {
      throw new SimyardError('NOT_FOUND', { message: `The topic ${client.prefix}${topic} does not exist.` });
    }
    const offsets = await admin.fetchTopicOffsets(client.prefix + topic);
    const filled = offsets.filter(({ low, high }) => BigInt(low) < BigInt(high));
    return new Map(filled.map(({ partition, high }) => [partition, BigInt(high)]));
  } finally {
    await admin.disconnect();
  }
}

/** Resolves when all partitions have been read to their ends; `ends` is used up. */
function readUntil(consumer: Consumer, topic: string, ends: Map<number, bigint>, onRecords: OnRecords): Promise<void> {
  return new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    const run = consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch: { partition, messages } }) => {
        const end = ends.get(partition);
        if (end === undefined) return;
        const records = messages.map((message) => toRecord(topic, partition, message));
        try {
          await onRecords(records.filter(({ offset }) => offset < end));
        } catch (error) {
          // Not to kafkajs, which would call it again.
          ends.clear();
          reject(asSimyardError(error));
        }
        if ((records.at(-1)?.offset ?? 0n) + 1n >= end) ends.delete(partition);
        if (ends.size === 0) resolve();
      },
    });
    run.catch(reject);
  });
}

import { randomUUID } from 'node:crypto';
import {
  businessTransactionsTopic,
  commandOutcomesTopic,
  commandServices,
  commandTopic,
  deadLetterTopic,
  interactivePlatformRequestsTopic,
  interactiveTopic,
  platformRequestsTopic,
} from '#libs/contracts';
import type { KafkaClient, RecordHeaders } from '#libs/kafka';
import { eventually } from '#libs/testing';

/** A record as it stands in a topic; `topic` is the contract's name. */
export interface ReadRecord {
  topic: string;
  partition: number;
  offset: bigint;
  key: Buffer | null;
  value: Buffer | null;
  headers: RecordHeaders;
}

/** Everything Simyard publishes, from the beginning, each partition in its order. */
export interface Reader {
  of(topic: string): ReadRecord[];
  deadLetters(): ReadRecord[];
  /** Resolves when it has read what was in the topics at the time of the call. */
  catchUp(): Promise<void>;
  stop(): Promise<void>;
}

const handledTopics = [
  ...commandServices.flatMap((service) => [commandTopic(service), interactiveTopic(service)]),
  ...[platformRequestsTopic, interactivePlatformRequestsTopic],
];
const deadLetterTopics = [...handledTopics, businessTransactionsTopic].map(deadLetterTopic);
const readTopics = [commandOutcomesTopic, businessTransactionsTopic, ...deadLetterTopics];

export async function startReader(client: KafkaClient): Promise<Reader> {
  const records = new Map<string, ReadRecord[]>(readTopics.map((topic) => [topic, []]));
  const next = new Map<string, bigint>();
  const consumer = client.kafka.consumer({ groupId: `${client.prefix}reader-${randomUUID()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: readTopics.map((topic) => client.prefix + topic), fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: (payload) => {
      const { batch } = payload;
      const topic = batch.topic.slice(client.prefix.length);
      const position = `${topic}/${batch.partition}`;
      for (const { offset, key, value, headers } of batch.messages) {
        // After a rebalance the group begins again where it began.
        if (BigInt(offset) < (next.get(position) ?? 0n)) continue;
        const record = { topic, partition: batch.partition, offset: BigInt(offset), key, value };
        records.get(topic)?.push({ ...record, headers: headers ?? {} });
        next.set(position, BigInt(offset) + 1n);
        payload.resolveOffset(offset);
      }
      return Promise.resolve();
    },
  });
  const of = (topic: string): ReadRecord[] => records.get(topic) ?? [];
  return {
    of,
    deadLetters: () => deadLetterTopics.flatMap(of),
    catchUp: async () => {
      // Partitions of new topics may lack their leader for a moment.
      const ends = await eventually(() => endOffsets(client), { timeoutMs: 30_000, intervalMs: 100 });
      const behind = () => [...ends].filter(([position, end]) => (next.get(position) ?? 0n) < end);
      await eventually(
        () => {
          if (behind().length > 0) throw new Error(`Not read to the end: ${behind().join(' ')}`);
        },
        { timeoutMs: 60_000 },
      );
    },
    stop: () => consumer.disconnect(),
  };
}

async function endOffsets(client: KafkaClient): Promise<Map<string, bigint>> {
  const admin = client.kafka.admin();
  await admin.connect();
  try {
    const ends = new Map<string, bigint>();
    for (const topic of readTopics) {
      for (const { partition, high } of await admin.fetchTopicOffsets(client.prefix + topic)) {
        ends.set(`${topic}/${partition}`, BigInt(high));
      }
    }
    return ends;
  } finally {
    await admin.disconnect();
  }
}

export function textHeader(record: ReadRecord, name: string): string {
  const value = record.headers[name];
  return Buffer.isBuffer(value) ? value.toString('utf8') : String(value);
}

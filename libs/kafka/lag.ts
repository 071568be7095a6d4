import type { Admin } from 'kafkajs';
import { Gauge, startLoop, type Logger, type Loop } from '#libs/runtime';
import type { KafkaClient } from './client.js';

/** A partition by the contract's topic name. */
export interface TopicPartition {
  topic: string;
  partition: number;
}

export interface LagOptions {
  client: KafkaClient;
  groupId: string;
  /** partitions that this member has now; the group's lag is the sum over its members */
  assigned: () => TopicPartition[];
  log: Logger;
}

const gauge = new Gauge({
  name: 'simyard_consumer_lag_records',
  help: 'Records behind the end of each partition that this process consumes, after each slice and every 15 s',
  labelNames: ['topic', 'partition'],
});

const lookEveryMs = 15_000;

export function noteLag({ topic, partition }: TopicPartition, records: bigint): void {
  gauge.set({ topic, partition }, Math.max(0, Number(records)));
}

/** For a partition that another member has now. */
export function forgetLag({ topic, partition }: TopicPartition): void {
  gauge.remove({ topic, partition });
}

/** Sets the gauge also while nothing is consumed: from the group's committed offsets and the partitions' ends. */
export function watchLag(options: LagOptions): Loop {
  return startLoop({
    name: `lag ${options.groupId}`,
    idleMs: lookEveryMs,
    log: options.log,
    runOnce: async () => {
      for (const [position, lag] of await readLag(options)) noteLag(position, lag);
      return false;
    },
  });
}

/** One connection per look: an admin client that lives through a broker's restart is not worth its care. */
export async function readLag({ client, groupId, assigned }: LagOptions): Promise<[TopicPartition, bigint][]> {
  if (assigned().length === 0) return [];
  const admin = client.brief.admin();
  try {
    await admin.connect();
    const topics = [...new Set(assigned().map(({ topic }) => client.prefix + topic))];
    // Committed offsets first: what is committed in between must not be counted twice.
    const committed = await admin.fetchOffsets({ groupId: client.prefix + groupId, topics });
    const lags = new Map<string, bigint>();
    for (const { topic, partitions } of committed) {
      const ends = await readEnds(admin, topic);
      for (const { partition, offset } of partitions) {
        lags.set(`${topic}/${partition}`, lagOf(BigInt(offset), ends.get(partition)));
      }
    }
    // As assigned now: a partition that went to another member meanwhile is its to tell.
    return assigned().flatMap((one): [TopicPartition, bigint][] => {
      const lag = lags.get(`${client.prefix}${one.topic}/${one.partition}`);
      return lag === undefined ? [] : [[one, lag]];
    });
  } finally {
    await admin.disconnect();
  }
}

interface Ends {
  low: bigint;
  high: bigint;
}

async function readEnds(admin: Admin, topic: string): Promise<Map<number, Ends>> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return new Map(offsets.map(({ partition, low, high }) => [partition, { low: BigInt(low), high: BigInt(high) }]));
}

/** A group that has committed nothing starts at the first record that retention has left. */
function lagOf(committed: bigint, { low, high }: Ends = { low: 0n, high: 0n }): bigint {
  return high - (committed < low ? low : committed);
}

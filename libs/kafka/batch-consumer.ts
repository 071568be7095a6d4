import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { SimyardError } from '#libs/errors';
import { Counter, Histogram, type Health, type Logger } from '#libs/runtime';
import type { KafkaClient } from './client.js';
import { combineSlices } from './combine.js';
import { forgetLag, noteLag, watchLag } from './lag.js';
import { toRecord, type KafkaRecord } from './record.js';
import { superviseConsumer } from './supervise.js';
import { createWorkOff, type Progress } from './work-off.js';

export interface BatchConsumerOptions {
  client: KafkaClient;
  groupId: string;
  /** contract names, without the installation's prefix */
  topics: string[];
  /** One transaction for slices of partitions, each in its order; throws a SimyardError whose disposition says what follows. */
  handle: (records: KafkaRecord[]) => Promise<void>;
  deadLetter: (record: KafkaRecord, error: SimyardError, attempts: number) => Promise<void>;
  retryAttempts: number;
  /** transactions under way at the same time, each with slices of one partition or of several */
  concurrency: number;
  /** records of a slice at most */
  batchSize: number;
  /** fewer records a slice, for the moment, asked for before each one */
  smallerBatch?: () => number;
  /** awaited after each transaction, which took so long, before the next */
  rest?: (tookMs: number) => Promise<void>;
  sessionTimeoutMs: number;
  log: Logger;
  health: Health;
}

export interface BatchConsumer {
  /** the group has been joined and answers, and no infrastructure is being waited for */
  ready(): boolean;
  /** stops fetching, lets the slices under way end, commits, leaves the group */
  stop(): Promise<void>;
}

const batchSizes = new Histogram({
  name: 'simyard_batch_records',
  help: 'Records handled in one transaction',
  labelNames: ['topic'],
  buckets: [1, 2, 5, 10, 50, 100, 250, 500, 1000, 2000],
});
const retries = new Counter({
  name: 'simyard_batch_errors_total',
  help: 'Failed attempts at a batch, by error code',
  labelNames: ['topic', 'code'],
});
const deadLetters = new Counter({
  name: 'simyard_dead_letters_total',
  help: 'Records sent to a dead-letter topic, by cause',
  labelNames: ['topic', 'code'],
});
const skipped = new Counter({
  name: 'simyard_consumer_skipped_records_total',
  help: 'Records that retention removed before they were read',
  labelNames: ['topic'],
});

const heartbeatMs = 3000;
/** About what a member has: what a fetch brings comes at once, and is combined. kafkajs asks so many workers at each fetch. */
const partitionsOfFetch = 100;

/**
 * Consumes topics slice by slice. Nothing sleeps, retries or throws inside a kafkajs batch, since its fetch loop waits
 * for every batch of a fetch: a partition in trouble is paused with its offset unresolved, and a timer resumes it.
 */
export async function startBatchConsumer(given: BatchConsumerOptions): Promise<BatchConsumer> {
  const maxRecords = (): number => given.smallerBatch?.() ?? given.batchSize;
  const { concurrency: parallel, rest } = given;
  const options = { ...given, handle: combineSlices(given.handle, { maxRecords, parallel, ...(rest && { rest }) }) };
  let partitions = new Map<string, Partition>();
  const lag = watchLag({ ...options, assigned: () => [...partitions.values()] });

  const onAssigned = (assignment: Record<string, number[]>): void => {
    const before = partitions;
    partitions = assign(options, assignment, before);
    for (const [key, partition] of before) if (!partitions.has(key)) forgetLag(partition);
    lag.wake();
  };
  const eachBatch = async (payload: EachBatchPayload): Promise<void> => {
    const partition = partitions.get(keyOf(payload.batch));
    // Another member's by now.
    if (partition === undefined) return;
    noteSkipped(partition, payload);
    const progress = await handleSlices(options, partition, payload);
    partition.waiting = progress.waiting ?? false;
    if (progress.pauseMs !== undefined) pause(payload, progress.pauseMs);
  };

  const start = async (consumer: Consumer): Promise<void> => {
    await consumer.subscribe({
      topics: options.topics.map((topic) => options.client.prefix + topic),
      fromBeginning: true,
    });
    await consumer.run({
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: partitionsOfFetch,
      eachBatch,
    });
  };

  const supervised = await superviseConsumer({ ...options, start, onAssigned });
  return {
    ready: () => supervised.joined() && ![...partitions.values()].some(({ waiting }) => waiting),
    stop: async () => {
      await Promise.all([supervised.stop(), lag.stop()]);
    },
  };
}

/** A partition that this member has. */
interface Partition {
  /** the contract's name */
  topic: string;
  partition: number;
  workOff: (records: KafkaRecord[]) => Promise<Progress>;
  /** for infrastructure that is away */
  waiting: boolean;
  /** offset that should come next */
  next: bigint | undefined;
}

const keyOf = ({ topic, partition }: { topic: string; partition: number }): string => `${topic}/${partition}`;

/** Partitions by their key. One that stays keeps its count of attempts, but may have been another member's meanwhile. */
function assign(
  options: BatchConsumerOptions,
  assignment: Record<string, number[]>,
  before: ReadonlyMap<string, Partition>,
): Map<string, Partition> {
  const assigned = new Map<string, Partition>();
  for (const [fullName, numbers] of Object.entries(assignment)) {
    const topic = fullName.slice(options.client.prefix.length);
    for (const partition of numbers) {
      const key = keyOf({ topic: fullName, partition });
      const workOff = before.get(key)?.workOff ?? newWorkOff(options, topic);
      assigned.set(key, { topic, partition, workOff, waiting: false, next: undefined });
    }
  }
  return assigned;
}

function newWorkOff(options: BatchConsumerOptions, topic: string): Partition['workOff'] {
  return createWorkOff({
    handle: async (records) => {
      await options.handle(records);
      batchSizes.observe({ topic }, records.length);
    },
    deadLetter: async (record, error, attempts) => {
      await options.deadLetter(record, error, attempts);
      deadLetters.inc({ topic, code: error.code });
      options.log.error({ err: error, topic, offset: String(record.offset), attempts }, 'record dead-lettered');
    },
    retryAttempts: options.retryAttempts,
    onError: (error, records, attempts) => {
      retries.inc({ topic, code: error.code });
      options.log.warn({ err: error, topic, records, attempts }, 'batch failed');
    },
  });
}

async function handleSlices(
  options: BatchConsumerOptions,
  partition: Partition,
  payload: EachBatchPayload,
): Promise<Progress> {
  const { batch } = payload;
  const { topic } = partition;
  let handled = 0;
  while (handled < batch.messages.length) {
    if (!payload.isRunning() || payload.isStale()) break;
    const size = options.smallerBatch?.() ?? options.batchSize;
    const records = batch.messages
      .slice(handled, handled + size)
      .map((message) => toRecord(topic, batch.partition, message));
    const progress = await withHeartbeats(payload, () => partition.workOff(records));
    const last = records[progress.handled - 1];
    if (last) {
      payload.resolveOffset(String(last.offset));
      partition.next = last.offset + 1n;
      noteLag(partition, BigInt(batch.highWatermark) - partition.next);
    }
    handled += progress.handled;
    if (progress.pauseMs !== undefined) return { ...progress, handled };
  }
  return { handled };
}

/** A slice may take longer than the session allows; a failed heartbeat shows when the slice has ended. */
async function withHeartbeats<T>(payload: EachBatchPayload, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => {
    payload.heartbeat().catch(() => undefined);
  }, heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

function pause(payload: EachBatchPayload, pauseMs: number): void {
  const resume = payload.pause();
  setTimeout(resume, pauseMs).unref();
}

/** After OFFSET_OUT_OF_RANGE kafkajs goes to the earliest record without a word; the jump shows here. */
function noteSkipped({ topic, next }: Partition, payload: EachBatchPayload): void {
  const first = BigInt(payload.batch.messages[0]?.offset ?? 0);
  if (next !== undefined && first > next) skipped.inc({ topic }, Number(first - next));
}

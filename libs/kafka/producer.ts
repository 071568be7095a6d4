import type { Message, Producer as KafkaProducer } from 'kafkajs';
import { setTimeout as delay } from 'node:timers/promises';
import { asSimyardError, SimyardError } from '#libs/errors';
import type { KafkaClient } from './client.js';
import type { RecordHeaders } from './record.js';
import { keyPartitioner } from './partitioner.js';

export interface OutgoingMessage {
  /** the contract's name, without the installation's prefix */
  topic: string;
  key: Buffer | string | null;
  value: Buffer | string | null;
  headers: RecordHeaders;
}

export interface Producer {
  /**
   * Sends all messages and resolves when every in-sync replica has them. One call at a time: overlapping sends
   * reorder on a retry. Throws MESSAGE_TOO_LARGE when the broker refuses for good, else BROKER_UNAVAILABLE,
   * after which any part may or may not have been written.
   */
  send(messages: OutgoingMessage[]): Promise<void>;
  close(): Promise<void>;
}

/** Broker errors that no repetition mends. */
const refusedForGood = new Set(['MESSAGE_TOO_LARGE', 'INVALID_RECORD', 'CORRUPT_MESSAGE', 'RECORD_LIST_TOO_LARGE']);

/**
 * A producer that is thrown away on any doubt: a failed send drops its connections, so that no request of it is still
 * on its way when the next one is sent by a fresh producer.
 */
export function createProducer(client: KafkaClient): Producer {
  let current: Promise<KafkaProducer> | undefined;

  const connected = (): Promise<KafkaProducer> => {
    current ??= connect(client);
    return current;
  };
  const drop = async (): Promise<void> => {
    const dropped = current;
    current = undefined;
    await dropped?.then((producer) => producer.disconnect()).catch(() => undefined);
  };

  return {
    async send(messages) {
      try {
        const producer = await connected();
        await producer.sendBatch({
          acks: -1,
          topicMessages: byTopic(client.prefix, messages),
        });
      } catch (error) {
        await drop();
        throw toBrokerError(error);
      }
    },
    close: drop,
  };
}

async function connect(client: KafkaClient): Promise<KafkaProducer> {
  const producer = client.brief.producer({
    createPartitioner: keyPartitioner,
    maxInFlightRequests: 1,
    // One attempt: the caller decides on the next, after a look at its lease.
    retry: { retries: 0 },
  });
  await producer.connect();
  return producer;
}

function byTopic(prefix: string, messages: OutgoingMessage[]): { topic: string; messages: Message[] }[] {
  const topics = Map.groupBy(messages, (message) => prefix + message.topic);
  // Our codec writes headers without a value, which kafkajs's type does not have.
  return [...topics].map(([topic, its]) => ({ topic, messages: its as Message[] }));
}

/** BROKER_UNAVAILABLE for what kafkajs throws, MESSAGE_TOO_LARGE for what a broker refuses for good. */
export function toBrokerError(error: unknown): SimyardError {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const type: unknown = Reflect.get(cause, 'type');
    if (typeof type === 'string' && refusedForGood.has(type)) return new SimyardError('MESSAGE_TOO_LARGE', { cause });
  }
  const fromKafka = error instanceof Error && error.name.startsWith('KafkaJS');
  return fromKafka ? new SimyardError('BROKER_UNAVAILABLE', { cause: error }) : asSimyardError(error);
}

const patienceMs = 30_000;
const pauseMs = 200;

/**
 * For programs that send a few batches and end: repeats a send while the broker is away or a new topic has no leader yet,
 * for half a minute. What was sent in part is sent again.
 */
export async function sendPatiently(producer: Producer, messages: OutgoingMessage[]): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      await producer.send(messages);
      return;
    } catch (error) {
      if (asSimyardError(error).disposition !== 'wait' || performance.now() > deadline) throw error;
      await delay(pauseMs);
    }
  }
}

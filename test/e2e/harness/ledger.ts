import { Partitioners } from 'kafkajs';
import type { KafkaClient } from '#libs/kafka';
import { recordOf, topicOf, type TestCommand } from './commands.js';

/** What the broker has acknowledged. */
export interface Ledger {
  /** ids of commands; each must come to an end, and nothing else may */
  readonly ids: Set<string>;
  /** how often any of them was sent */
  deliveries: number;
}

export interface Route {
  /** contract name; the command's own topic unless told */
  topic?: string;
  /** by the key unless told */
  partition?: number;
}

export interface LedgerProducer {
  readonly ledger: Ledger;
  /** Sends in one request per topic, and resolves when the broker has it all. One call at a time. */
  send(commands: TestCommand[], route?: Route): Promise<void>;
  close(): Promise<void>;
}

/** The upstream system: it sends until the broker has acknowledged, as often as that takes, and keeps the book. */
export async function createLedgerProducer(client: KafkaClient): Promise<LedgerProducer> {
  const producer = client.kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  const ledger: Ledger = { ids: new Set(), deliveries: 0 };
  return {
    ledger,
    send: async (commands, { topic, partition } = {}) => {
      const byTopic = Map.groupBy(commands, (command) => topic ?? topicOf(command));
      await producer.sendBatch({
        acks: -1,
        topicMessages: [...byTopic].map(([name, its]) => ({
          topic: client.prefix + name,
          messages: its.map((command) => ({ ...recordOf(command), ...(partition !== undefined && { partition }) })),
        })),
      });
      for (const { id } of commands) ledger.ids.add(id);
      ledger.deliveries += commands.length;
    },
    close: () => producer.disconnect(),
  };
}

import 'reflect-metadata';
import { PATTERN_METADATA } from '@nestjs/microservices/constants.js';
import { createActorDirectory, createClient } from '#libs/access';
import { commandOutcomesTopic, commandTopic, type CommandOutcome } from '#libs/contracts';
import { resourceTypeSource } from '#libs/inventory';
import type { CallHandler, KafkaRecord, OutgoingMessage } from '#libs/kafka';
import { openDatabase, type Database } from '#libs/postgres';
import { createLogger } from '#libs/runtime';
import { saveAccounts, testDatabase } from '#libs/testing';
import { createCommandRunner, createRelayPass, type CommandRunner } from '#libs/transactions';
import { BulkJobsController } from '../../apps/bulk-jobs/bulk-jobs.controller.js';
import { dispatchOnce } from '../../apps/bulk-jobs/dispatch/dispatcher.js';
import type { PassOptions, PassResult } from '../../apps/bulk-jobs/dispatch/run-pass.js';
import { SubscriberController } from '../../apps/subscriber/subscriber.controller.js';

/** A service's handlers behind the spine, as its process has them. */
export interface ServiceInHand {
  runner: CommandRunner;
  callHandler: CallHandler;
}

/**
 * The services subscriber and bulk-jobs on a database of their own, driven step by step: a relay hands each command
 * straight to its service, so that a test decides what happens when.
 */
export interface BulkSystem {
  database: Database;
  databaseUrl: string;
  subscriber: ServiceInHand;
  bulkJobs: ServiceInHand;
  /** outcomes in the order in which they were published */
  outcomes: CommandOutcome[];
  /** Hands commands to bulk-jobs as one batch. */
  handle(records: KafkaRecord[]): Promise<void>;
  /** Publishes the outbox: items' commands go to subscriber. Returns how many messages there were. */
  deliver(): Promise<number>;
  pass(options?: Partial<PassOptions>): Promise<PassResult>;
  /** Passes and deliveries until no job is running; returns how many passes it took. */
  work(options?: Partial<PassOptions>): Promise<number>;
  stop(): Promise<void>;
}

export const passOptions = (): PassOptions => ({
  window: 2000,
  itemDeadlineMs: 600_000,
  types: resourceTypeSource(),
  source: '/simyard/bulk-jobs',
});

export async function startBulkSystem({ bulkDeadlineMs = 86_400_000 } = {}): Promise<BulkSystem> {
  const testDb = await testDatabase();
  const database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 6 });
  await saveAccounts(database);
  await createClient(database, 'p'.repeat(32), { username: 'acme-crm', accountId: 'ACME' });
  await createClient(database, 'p'.repeat(32), { username: 'acme-portal', accountId: 'ACME' });
  await createClient(database, 'p'.repeat(32), { username: 'globex-crm', accountId: 'GLOBEX' });
  const subscriber = inHand(
    database,
    'subscriber',
    new SubscriberController({ operationDeadlineMs: 600_000, secretPepper: 'p'.repeat(32) }),
  );
  const bulkJobs = inHand(database, 'bulk-jobs', new BulkJobsController({ bulkDeadlineMs }));
  const outcomes: CommandOutcome[] = [];
  const relay = createRelayPass({
    ...{ database, lane: 'stream', owner: 'spec', log: createLogger('spec', 'silent') },
    producer: { send: (messages) => receive(messages), close: () => Promise.resolve() },
  });

  async function receive(messages: OutgoingMessage[]): Promise<void> {
    for (const { topic, value } of messages) {
      if (topic === commandOutcomesTopic) outcomes.push(JSON.parse(String(value)) as CommandOutcome);
    }
    const commands = messages.filter(({ topic }) => topic === commandTopic('subscriber')).map(toRecord);
    if (commands.length > 0) await subscriber.runner.handle(commands, subscriber.callHandler);
  }

  const deliver = async (): Promise<number> => {
    let all = 0;
    for (let some = 1; some > 0; all += some) some = await relay.runOnce();
    return all;
  };
  const base = passOptions();
  const pass = (options: Partial<PassOptions> = {}): Promise<PassResult> =>
    dispatchOnce(database, { ...base, ...options });
  return {
    ...{ database, databaseUrl: testDb.url, subscriber, bulkJobs, outcomes, deliver, pass },
    handle: (records) => bulkJobs.runner.handle(records, bulkJobs.callHandler),
    work: async (options) => {
      for (let passes = 1; ; passes += 1) {
        const { running } = await pass(options);
        await deliver();
        if (running === 0) return passes;
      }
    },
    stop: async () => {
      await database.close();
      await testDb.drop();
    },
  };
}

function inHand(database: Database, service: string, controller: object): ServiceInHand {
  const runner = createCommandRunner({
    database,
    actors: createActorDirectory(database),
    source: `/simyard/${service}`,
  });
  const handlers = patternsOf(controller);
  return { runner, callHandler: (type) => handlers.get(type) };
}

type Handler = (commands: unknown, context: unknown) => Promise<unknown>;

/** A controller's methods by the command type they are registered for. */
export function patternsOf(controller: object): Map<string, Handler> {
  const handlers = new Map<string, Handler>();
  const prototype = Object.getPrototypeOf(controller) as Record<string, unknown>;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const method = prototype[name];
    if (typeof method !== 'function') continue;
    const patterns = (Reflect.getMetadata(PATTERN_METADATA, method) ?? []) as string[];
    for (const pattern of patterns) handlers.set(pattern, method.bind(controller) as Handler);
  }
  return handlers;
}

let offset = 0n;

function toRecord({ topic, key, value, headers }: OutgoingMessage): KafkaRecord {
  const bytes = (text: Buffer | string | null): Buffer | null => (typeof text === 'string' ? Buffer.from(text) : text);
  offset += 1n;
  return { topic, partition: 0, offset, key: bytes(key), value: bytes(value), headers, timestamp: Date.now() };
}

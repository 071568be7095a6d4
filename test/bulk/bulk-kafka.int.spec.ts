import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createClient } from '#libs/access';
import { listItems, readJob } from '#libs/bulk';
import { loadConfig, type Config } from '#libs/config';
import { commandOutcomesTopic, type CommandOutcome } from '#libs/contracts';
import {
  createKafka,
  createProducer,
  ensureTopics,
  readTopic,
  sendPatiently,
  type BatchServer,
  type KafkaClient,
} from '#libs/kafka';
import { openDatabase, type Database } from '#libs/postgres';
import { createLogger, Health } from '#libs/runtime';
import { eventually, testBrokers, testDatabase, testTopicPrefix, type TestDatabase } from '#libs/testing';
import { commandService } from '#libs/transactions';
import { BulkJobsController } from '../../apps/bulk-jobs/bulk-jobs.controller.js';
import { startDispatcher } from '../../apps/bulk-jobs/dispatch/dispatcher.js';
import { SubscriberController } from '../../apps/subscriber/subscriber.controller.js';
import { commandIdOf, resetItems, saveSubscribers, submit } from './jobs.js';
import { patternsOf } from './system.js';

const log = createLogger('spec', 'silent');
let testDb: TestDatabase;
let database: Database;
let config: Config;
let kafka: KafkaClient;
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  testDb = await testDatabase();
  config = loadConfig({
    DATABASE_URL: testDb.url,
    KAFKA_BROKERS: testBrokers().join(','),
    SIMYARD_TOPIC_PREFIX: testTopicPrefix(),
    SIMYARD_SECRET_PEPPER: 'p'.repeat(32),
    SIMYARD_BULK_WINDOW: '100',
  });
  database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 4 });
  await saveSubscribers(database, 400);
  await createClient(database, config.secretPepper, { username: 'acme-crm', accountId: 'ACME' });
  kafka = createKafka(config, 'spec', log);
  await ensureTopics(kafka, { replicationFactor: 1 });
  await startHere('subscriber', new SubscriberController(config));
  // Two instances: one of them dispatches at a time.
  await startHere('bulk-jobs', new BulkJobsController(config));
  await startHere('bulk-jobs', new BulkJobsController(config));
});

afterAll(async () => {
  await Promise.all(closers.map((close) => close()));
  await database.close();
  await testDb.drop();
});

/** A service as its main starts it, but for Nest, which would find the handlers by the same metadata. */
async function startHere(service: 'subscriber' | 'bulk-jobs', controller: object): Promise<void> {
  const context = { config, log, health: new Health() };
  const parts = await commandService(service, context);
  const dispatcher = service === 'bulk-jobs' ? await startDispatcher(context) : undefined;
  const servers = (parts.strategies ?? []) as BatchServer[];
  for (const server of servers) {
    for (const [pattern, handler] of patternsOf(controller)) server.addHandler(pattern, handler);
    const error = await new Promise<unknown>((resolve) => {
      server.listen(resolve);
    });
    expect(error).toBeUndefined();
  }
  closers.push(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await dispatcher?.stop();
    await parts.close?.();
  });
}

async function outcomesOf(commandId: string): Promise<CommandOutcome[]> {
  const found: CommandOutcome[] = [];
  await readTopic(kafka, commandOutcomesTopic, (records) => {
    const outcomes = records.map(({ value }) => JSON.parse(String(value)) as CommandOutcome);
    found.push(...outcomes.filter((outcome) => outcome.commandId === commandId));
    return Promise.resolve();
  });
  return found;
}

it('a job goes from Kafka to its outcome, with each item done once, beside a second instance', async () => {
  const record = submit({ action: 'ResetActivationTime', items: resetItems(1, 450) });
  const producer = createProducer(kafka);
  await sendPatiently(producer, [{ ...record, key: 'job', value: record.value }]);
  const [accepted] = await eventually(
    async () => {
      const outcomes = await outcomesOf(commandIdOf(record));
      expect(outcomes.map(({ status }) => status)).toEqual(['ACCEPTED', 'FAILED']);
      expect(outcomes[1]?.error).toMatchObject({
        code: 'BULK_ITEMS_FAILED',
        details: { total: 450, completed: 400, failed: 50, cancelled: 0 },
      });
      return outcomes;
    },
    { timeoutMs: 100_000, intervalMs: 500 },
  );
  await producer.close();
  const jobId = accepted!.operationId;
  expect(await readJob(database, 'ACME', jobId)).toMatchObject({ state: 'ENDED', status: 'COMPLETED_WITH_ERRORS' });
  const failed = await listItems(database, 'ACME', jobId, { status: 'FAILED', after: 0, limit: 100 });
  expect(failed.map(({ ordinal }) => ordinal)).toEqual(Array.from({ length: 50 }, (_, n) => 401 + n));
  const sims = await database.query(
    'select version, first_activated_at as at, count(*)::int as n from inventory.sim group by 1, 2',
  );
  expect(sims).toEqual([{ version: 2, at: null, n: 400 }]);
});

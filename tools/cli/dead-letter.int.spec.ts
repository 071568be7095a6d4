import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { actorKey } from '#libs/access';
import { commandTopic, deadLetterTopic, topics } from '#libs/contracts';
import {
  createKafka,
  createProducer,
  ensureTopics,
  sendPatiently,
  startBatchConsumer,
  type BatchConsumer,
  type CallHandler,
  type KafkaClient,
  type Producer,
} from '#libs/kafka';
import { listOperations } from '#libs/operations';
import { openDatabase, type Database } from '#libs/postgres';
import { createLogger, Health } from '#libs/runtime';
import {
  commandRecord,
  eventually,
  testBrokers,
  testDatabase,
  testTopicPrefix,
  type TestDatabase,
} from '#libs/testing';
import { completed, createCommandRunner, startRelay, type Command, type Relay } from '#libs/transactions';
import { runCli, type CliRun } from './testing/run-cli.js';

const log = createLogger('spec', 'silent');
const patience = { timeoutMs: 60_000, intervalMs: 100 };
const topic = commandTopic('resource-swap');

interface Letter {
  partition: number;
  offset: string;
  cause: string;
  id?: string;
  obstacle?: string;
}

/** A command service whose handler is at fault until it is mended, on a real broker and a real database. */
describe('dead letters from the command line', () => {
  const topicPrefix = testTopicPrefix();
  let testDb: TestDatabase;
  let database: Database;
  let client: KafkaClient;
  let producer: Producer;
  let relayProducer: Producer;
  let relay: Relay;
  let consumer: BatchConsumer;
  let faulty = true;
  const handled: string[] = [];

  const callHandler: CallHandler = () => (commands) => {
    if (faulty) return Promise.reject(new Error('a fault of the handler'));
    return Promise.resolve(
      (commands as Command[]).map(({ envelope }) => {
        handled.push(envelope.id);
        return completed(new Date(), []);
      }),
    );
  };

  beforeAll(async () => {
    testDb = await testDatabase();
    database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 5 });
    client = createKafka({ kafkaBrokers: testBrokers(), topicPrefix }, 'spec', log);
    const wanted = [topic, deadLetterTopic(topic), 'simyard.command-outcomes.v1'];
    await ensureTopics(client, { definitions: topics.filter(({ name }) => wanted.includes(name)) });
    producer = createProducer(client);
    relayProducer = createProducer(client);
    relay = startRelay({ database, producer: relayProducer, lane: 'stream', owner: 'spec', log });
    const actor = { username: 'acme-crm', tenantId: 'ACME', accountId: 'ACME' };
    const runner = createCommandRunner({
      database,
      actors: { resolve: () => Promise.resolve(new Map([[actorKey('ACME', 'acme-crm'), actor]])) },
      source: '/simyard/resource-swap',
    });
    consumer = await startBatchConsumer({
      ...{ client, groupId: 'spec', topics: [topic], log, health: new Health() },
      ...{ retryAttempts: 2, concurrency: 2, batchSize: 10, sessionTimeoutMs: 10_000 },
      handle: (records) => runner.handle(records, callHandler),
      deadLetter: (record, error, attempts) => runner.deadLetter(record, error, attempts),
    });
  });
  afterAll(async () => {
    await consumer.stop();
    await relay.stop();
    await Promise.all([relayProducer.close(), producer.close()]);
    await database.close();
    await testDb.drop();
  });

  const send = (id: string, value?: string) => {
    const data = {
      ...{ requestId: id, subscriber: { externalId: 'SUB-1' }, resourceType: 'MSISDN' },
      ...{ swapResource: '18685550101', resource: '18685550102' },
    };
    const { key, headers, value: json } = commandRecord('SwapSubscriberResource', data, { envelope: { id } });
    return sendPatiently(producer, [{ topic, key, headers, value: value ?? json }]);
  };
  const statuses = async () => {
    const [from, to] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 1000)];
    const operations = await listOperations(database, null, { from, to, limit: 100 });
    return operations.map(({ status, replayOf }) => (replayOf === null ? status : `${status}, replay of ${replayOf}`));
  };

  const cli = (...args: string[]): Promise<CliRun> => {
    const environment = { KAFKA_BROKERS: testBrokers().join(), SIMYARD_TOPIC_PREFIX: topicPrefix };
    return runCli(environment, ['dead-letter', ...args]);
  };
  const letters = async () => JSON.parse((await cli('ls', topic, '--json')).stdout) as Letter[];

  it('shows each with its cause, and what keeps it from being replayed', async () => {
    await send('fault');
    await send('broken', '{');
    await eventually(async () => {
      expect((await letters()).map(({ id, cause, obstacle }) => [id, cause, obstacle]).sort()).toEqual([
        ['broken', 'MESSAGE_NOT_JSON', 'MESSAGE_NOT_JSON'],
        ['fault', 'INTERNAL_ERROR', undefined],
      ]);
    }, patience);
    expect(await statuses()).toEqual(['FAILED', 'FAILED']);
  });

  it('replays what can be replayed, and a replay of the same number once', async () => {
    faulty = false;
    const wouldSend = await cli('replay', topic, '--cause', 'INTERNAL_ERROR', '--dry-run');
    expect(wouldSend).toMatchObject({ status: 0, stderr: '1 would be sent, 0 cannot be replayed.\n' });
    const sent = await cli('replay', topic, '--cause', 'INTERNAL_ERROR');
    expect(sent).toMatchObject({ status: 0, stderr: '1 sent, 0 cannot be replayed.\n', stdout: wouldSend.stdout });
    await eventually(() => expect(handled).toHaveLength(1), patience);
    expect(sent.stdout).toContain(handled[0]);

    const { partition = 0, offset = '' } = (await letters()).find(({ id }) => id === 'fault') ?? {};
    const one = ['replay', topic, '--partition', String(partition), '--offset', offset];
    expect(await cli(...one)).toMatchObject({ status: 0, stderr: '1 sent, 0 cannot be replayed.\n' });
    // Behind the repeat, on its partition: once this is handled, the repeat has been.
    await send('behind');
    await eventually(() => expect(handled).toEqual([handled[0], 'behind']), patience);

    // Another number is another command, which gets the answer of its requestId.
    await cli(...one, '--number', '2');
    const done = 'COMPLETED, replay of fault';
    await eventually(async () => {
      expect((await statuses()).sort()).toEqual(['COMPLETED', done, done, 'FAILED', 'FAILED']);
    }, patience);
    expect(handled).toHaveLength(2);
  });

  it('leaves what would fail again, and refuses what it does not understand', async () => {
    const left = await cli('replay', topic, '--cause', 'MESSAGE_NOT_JSON');
    expect(left).toMatchObject({ status: 0, stderr: '0 sent, 1 cannot be replayed.\n' });
    expect(await cli('replay', topic)).toMatchObject({ status: 2, stdout: '' });
    expect(await cli('ls', 'simyard.business-transactions.v1')).toMatchObject({ status: 2, stdout: '' });
    const missing = await cli('ls', commandTopic('subscriber'));
    expect(missing).toMatchObject({ status: 3, stderr: expect.stringContaining('NOT_FOUND') });
  });
});

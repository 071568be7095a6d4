import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { businessTransactionsTopic, deadLetterTopic, topics } from '#libs/contracts';
import {
  createKafka,
  createProducer,
  ensureTopics,
  type KafkaClient,
  type OutgoingMessage,
  type Producer,
} from '#libs/kafka';
import { createLogger } from '#libs/runtime';
import { eventually, testBrokers, testTopicPrefix } from '#libs/testing';
import { projectDir } from '#tools/infra/index';
import { serviceEnvironment, startServiceProcess, type ServiceProcess } from '#tools/stack/index';
import { change, recordOf, versions } from './testing/changes.js';
import { contentOf, testWarehouse, type TestWarehouse } from './testing/warehouse.js';

const patience = { timeoutMs: 45_000, intervalMs: 100 };

/** The service as it runs in production, on a real broker and a real database. */
describe('dwh-sink', () => {
  let warehouse: TestWarehouse;
  let client: KafkaClient;
  let producer: Producer;
  let started: ServiceProcess[];
  const log = createLogger('test', 'silent');

  beforeAll(async () => {
    warehouse = await testWarehouse();
  });
  beforeEach(async () => {
    started = [];
    await warehouse.reset();
    client = createKafka({ kafkaBrokers: testBrokers(), topicPrefix: testTopicPrefix() }, 'test', log);
    producer = createProducer(client);
    const definitions = topics.filter((topic) => topic.name.startsWith(businessTransactionsTopic));
    // A broker says for a moment that it does not host what it has just created.
    await eventually(() => ensureTopics(client, { definitions }), patience);
  });
  afterEach(async () => {
    await Promise.all(started.map((service) => service.stop()));
    await producer.close();
  });
  afterAll(() => warehouse.drop());

  it('dead-letters what cannot be read, with its cause, while good messages of the partition are stored', async () => {
    const before = message(change({ entityId: 'before' }));
    const poison: [string, OutgoingMessage][] = [
      ['MESSAGE_EMPTY', { ...before, value: null }],
      ['MESSAGE_NOT_JSON', { ...before, value: '{"broken' }],
      ['MESSAGE_NOT_UTF8', { ...before, value: Buffer.from([0xc3, 0x28]) }],
      ['MESSAGE_TOO_DEEP', { ...before, value: '['.repeat(5000) + ']'.repeat(5000) }],
      ['MESSAGE_ENVELOPE_INVALID', { ...before, headers: {} }],
      ['MESSAGE_DATA_INVALID', message({ ...change(), version: 'one' })],
    ];
    await send([before, ...poison.map(([, letter]) => letter), message(change({ entityId: 'behind' }))]);
    const url = await (await start()).up;
    await eventually(async () => expect((await content()).changes).toEqual(['before@1', 'behind@1']), patience);
    const letters = await deadLetters(poison.length);
    expect(letters.map(({ cause }) => cause)).toEqual(poison.map(([cause]) => cause));
    expect(letters.map(({ offset }) => offset)).toEqual(poison.map((_, index) => String(index + 1)));
    expect(letters[1]).toMatchObject({ topic: businessTransactionsTopic, value: '{"broken' });
    await eventually(async () => {
      const metrics = await text(`${url}/metrics`);
      expect(metrics).toContain('simyard_dwh_changes_inserted_total 2');
      expect(metrics).toContain('simyard_dwh_unreadable_total{code="MESSAGE_EMPTY"} 1');
      expect(metrics).toContain('simyard_dwh_open_gaps{kind="version"} 0');
      expect(metrics).toMatch(/simyard_consumer_lag_records\{[^}]*\} 0/);
    }, patience);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect((await fetch(`${url}/dwh/v1/gaps`)).status).toBe(401);
  }, 90_000);

  it.each(['before-commit:3', 'after-commit:3'])(
    'stores every change once when it is killed at %s and another takes over',
    async (failpoint) => {
      const entities = Array.from({ length: 40 }, (_, index) => `entity-${index}`);
      const changes = entities.flatMap((entity) => versions(entity, 10));
      const killed = await start({ SIMYARD_FAILPOINTS: failpoint, SIMYARD_BATCH_SIZE: '20' });
      await killed.up;
      await send(changes.map((one) => message(one.change, one.eventId)));
      expect((await killed.ended).signal).toBe('SIGKILL');
      const url = await (await start()).up;
      await eventually(async () => expect((await content()).changes).toHaveLength(changes.length), patience);
      expect(await content()).toMatchObject({
        transactions: changes.length,
        storedCount: changes.length,
        metrics: { changes: changes.length, transactions: changes.length },
        gaps: [],
      });
      if (!failpoint.startsWith('after-commit')) return;
      await eventually(async () => {
        const [, repeats] = /simyard_dwh_changes_repeated_total (\d+)/.exec(await text(`${url}/metrics`)) ?? [];
        expect(Number(repeats)).toBeGreaterThan(0);
      }, patience);
    },
    120_000,
  );

  /** New partitions may have no leader yet. What a failed send did write comes twice, which the sink takes for repeats. */
  const send = (messages: OutgoingMessage[]) => eventually(() => producer.send(messages), patience);
  const content = () => contentOf(warehouse.database);
  const text = async (url: string) => (await fetch(url)).text();

  async function start(environment: Record<string, string> = {}): Promise<ServiceProcess> {
    const addresses = {
      kafkaBrokers: testBrokers(),
      databaseUrl: warehouse.url,
      dwhDatabaseUrl: warehouse.url,
      secretPepper: 'a pepper of at least thirty-two characters',
      topicPrefix: client.prefix,
    };
    const service = await startServiceProcess({
      name: 'dwh-sink',
      environment: { ...serviceEnvironment(addresses), SIMYARD_SESSION_TIMEOUT_MS: '6000', ...environment },
      logFile: join(projectDir, '.simyard/tmp', `dwh-sink-${client.prefix}log`),
    });
    started.push(service);
    return service;
  }

  /** Keyed by the entity, as the relay does; all tests of poison use one key and so one partition. */
  function message(value: unknown, eventId: string = randomUUID()): OutgoingMessage {
    const { headers } = recordOf(value);
    const key = (value as { entityId?: string }).entityId ?? 'none';
    return {
      topic: businessTransactionsTopic,
      key: key.startsWith('entity-') ? key : 'one-partition',
      value: JSON.stringify(value),
      headers: { ...headers, ce_id: eventId },
    };
  }

  async function deadLetters(count: number) {
    const found: { cause: string; topic: string; offset: string; value: string | undefined }[] = [];
    const consumer = client.kafka.consumer({ groupId: `${client.prefix}reader` });
    await consumer.connect();
    await consumer.subscribe({
      topic: client.prefix + deadLetterTopic(businessTransactionsTopic),
      fromBeginning: true,
    });
    await consumer.run({
      eachMessage: ({ message: letter }) => {
        const header = (name: string) => String(letter.headers?.[name]);
        const value = letter.value?.toString();
        found.push({ cause: header('dlt_cause'), topic: header('dlt_topic'), offset: header('dlt_offset'), value });
        return Promise.resolve();
      },
    });
    await eventually(() => expect(found).toHaveLength(count), patience);
    await consumer.disconnect();
    return found.toSorted((a, b) => Number(a.offset) - Number(b.offset));
  }
});

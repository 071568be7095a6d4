import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SimyardError } from '#libs/errors';
import { createLogger, Health } from '#libs/runtime';
import { eventually, privateInfrastructure, type PrivateInfrastructure } from '#libs/testing';
import { startBatchConsumer, type BatchConsumer } from './batch-consumer.js';
import { createKafka, type KafkaClient } from './client.js';
import { readLag } from './lag.js';
import { createProducer, type Producer } from './producer.js';
import { ensureTopics } from './topics.js';

const log = createLogger('spec', 'silent');
const patience = { timeoutMs: 60_000, intervalMs: 100 };
const topic = 'spec.commands';
const groupId = 'spec';

/** On a broker of its own, which it kills. */
describe('a batch consumer', () => {
  let servers: PrivateInfrastructure;
  let client: KafkaClient;
  let producer: Producer;
  let consumer: BatchConsumer;
  let databaseAway = false;
  const health = new Health();
  const handled: string[] = [];

  beforeAll(async () => {
    servers = await privateInfrastructure();
    client = createKafka({ kafkaBrokers: servers.kafkaBrokers, topicPrefix: 'p.' }, 'spec', log);
    producer = createProducer(client);
    const definition = { name: topic, partitions: 2, retentionMs: -1, maxMessageBytes: 1_000_000 };
    await eventually(() => ensureTopics(client, { definitions: [definition] }), patience);
    consumer = await startBatchConsumer({
      ...{ client, groupId, topics: [topic], log, health },
      ...{ retryAttempts: 3, concurrency: 2, batchSize: 10, sessionTimeoutMs: 6000 },
      handle: (records) => {
        if (databaseAway) return Promise.reject(new SimyardError('DATABASE_UNAVAILABLE'));
        handled.push(...records.map(({ value }) => String(value)));
        return Promise.resolve();
      },
      deadLetter: () => Promise.reject(new Error('nothing here is a dead letter')),
    });
  });
  afterAll(async () => {
    await consumer.stop();
    await producer.close();
    await servers.stop();
  });

  const send = (values: string[]) =>
    eventually(() => producer.send(values.map((value) => ({ topic, key: 'one', value, headers: {} }))), patience);
  const isReady = (ready: boolean) => eventually(() => expect(consumer.ready()).toBe(ready), patience);

  it('is ready with its group, and not while what it writes to is away, however much it lags', async () => {
    await isReady(true);
    await send(['1']);
    await eventually(() => expect(handled).toEqual(['1']), patience);
    databaseAway = true;
    await send(['2', '3', '4']);
    await isReady(false);
    const assigned = () => [0, 1].map((partition) => ({ topic, partition }));
    const lags = await readLag({ client, groupId, assigned, log });
    expect(lags.map(([, lag]) => lag).sort()).toEqual([0n, 3n]);
    databaseAway = false;
    await eventually(() => expect(handled).toEqual(['1', '2', '3', '4']), patience);
    await isReady(true);
  });

  it('is not ready while the broker is away, stays alive, and goes on when it is back', async () => {
    await isReady(true);
    await servers.kafka.stop('immediate');
    await isReady(false);
    expect(await health.aliveReport()).toMatchObject({ ready: true });
    // One that never was connected: kafkajs would have it wait for half an hour.
    const unavailable = { code: 'BROKER_UNAVAILABLE' };
    await expect(createProducer(client).send([{ topic, key: 'one', value: '', headers: {} }])).rejects.toMatchObject(
      unavailable,
    );
    await servers.kafka.start();
    await send(['5']);
    await eventually(() => expect(handled).toContain('5'), patience);
    await isReady(true);
  });
});

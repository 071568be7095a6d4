import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import pg from 'pg';
import { eventually, privateInfrastructure, testTopicPrefix, type PrivateInfrastructure } from './index.js';

describe('private infrastructure', () => {
  let infrastructure: PrivateInfrastructure;
  let kafka: Kafka;
  const topic = `${testTopicPrefix()}restart`;

  beforeAll(async () => {
    infrastructure = await privateInfrastructure();
    kafka = new Kafka({ brokers: infrastructure.kafkaBrokers, logLevel: logLevel.NOTHING });
  }, 60_000);

  afterAll(() => infrastructure.stop(), 60_000);

  it('runs statements before and after an immediate stop of Postgres, and keeps what was committed', async () => {
    const { postgres } = infrastructure;
    await query('create table kept as select 7 as value');
    const pid = postgres.pid();
    await postgres.stop('immediate');
    expect(postgres.pid()).toBeUndefined();
    await expect(query('select 1')).rejects.toThrow();
    await postgres.start();
    expect(postgres.pid()).not.toBe(pid);
    expect(await query('select value from kept')).toEqual([{ value: 7 }]);
  }, 60_000);

  it.each(['graceful', 'immediate'] as const)(
    'gives a record back after a %s stop of the broker',
    async (mode) => {
      const name = `${topic}-${mode}`;
      await createTopic(name);
      await produce(name, `before ${mode}`);
      await infrastructure.kafka.stop(mode);
      await infrastructure.kafka.start();
      expect(await firstValue(name)).toBe(`before ${mode}`);
    },
    60_000,
  );

  async function query(sql: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: infrastructure.databaseUrl });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  async function createTopic(name: string): Promise<void> {
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: name, numPartitions: 1 }], waitForLeaders: true });
    await admin.disconnect();
  }

  async function produce(name: string, value: string): Promise<void> {
    const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send({ topic: name, acks: -1, messages: [{ value }] });
    await producer.disconnect();
  }

  async function firstValue(name: string): Promise<string | undefined> {
    const consumer = kafka.consumer({ groupId: `${name}-reader` });
    const values: (string | undefined)[] = [];
    await consumer.connect();
    await consumer.subscribe({ topic: name, fromBeginning: true });
    await consumer.run({
      eachMessage: ({ message }) => {
        values.push(message.value?.toString());
        return Promise.resolve();
      },
    });
    await eventually(() => expect(values).not.toHaveLength(0), { timeoutMs: 30_000 });
    await consumer.disconnect();
    return values[0];
  }
});

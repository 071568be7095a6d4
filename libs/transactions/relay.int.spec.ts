import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { businessTransactionsTopic, topics, commandOutcomesTopic } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import {
  createKafka,
  createProducer,
  ensureTopics,
  type KafkaClient,
  type OutgoingMessage,
  type Producer,
} from '#libs/kafka';
import { openDatabase, releaseLeases, renewLeases, type Database } from '#libs/postgres';
import { createLogger } from '#libs/runtime';
import { eventually, testBrokers, testDatabase, testTopicPrefix, type TestDatabase } from '#libs/testing';
import { appendToOutbox, type OutboxMessage } from './outbox.sql.js';
import { createRelayPass, startRelay } from './relay.js';
import { shardCount } from './shard.js';

const log = createLogger('spec', 'silent');

function message(aggregateId: string, payload: string, topic = commandOutcomesTopic): OutboxMessage {
  return {
    lane: 'stream',
    id: randomUUID(),
    aggregateType: 'Test',
    aggregateId,
    type: 'simyard.Test.v1',
    topic,
    key: aggregateId,
    headers: { ce_id: payload },
    payload,
  };
}

describe('the relay', () => {
  let testDb: TestDatabase;
  let database: Database;
  const sent: OutgoingMessage[] = [];
  const recorder: Producer = {
    send: (messages) => {
      sent.push(...messages);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
  const values = () => sent.map((one) => String(one.value));
  const pass = (producer: Producer = recorder, owner = 'one', options: { leaseTtlMs?: number } = {}) =>
    createRelayPass({ database, producer, lane: 'stream', owner, log, batchSize: 10, ...options });
  const left = async () =>
    (await database.query<{ n: number }>('select count(*)::int as n from messaging.outbox'))[0]!.n;

  beforeAll(async () => {
    testDb = await testDatabase();
    database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 8 });
  });
  beforeEach(async () => {
    sent.length = 0;
    await database.execute(
      'truncate messaging.outbox, messaging.outbox_parked, messaging.lease, messaging.lease_member',
    );
  });
  afterAll(async () => {
    await database.close();
    await testDb.drop();
  });

  it('sends in order, deletes what was sent, and finds nothing more', async () => {
    const all = Array.from({ length: 25 }, (_, index) => message(`a${index % 3}`, String(index)));
    await database.transaction((tx) => appendToOutbox(tx, all));
    const relay = pass();
    expect([await relay.runOnce(), await relay.runOnce(), await relay.runOnce(), await relay.runOnce()]).toEqual([
      10, 10, 5, 0,
    ]);
    expect(values()).toEqual(all.map((one) => one.payload));
    expect(await left()).toBe(0);
  });

  it('finds a row that commits late, below positions it has published already', async () => {
    const relay = pass();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const late = database.transaction(async (tx) => {
      await tx.execute(`insert into messaging.lease_member values ('x', 'y', now())`);
      await appendToOutbox(tx, [message('late', 'late')]);
      await held;
    });
    await database.transaction((tx) => appendToOutbox(tx, [message('early', 'early')]));
    // Passes enough for the floor to have moved, were it not for the open transaction.
    await eventually(async () => {
      await relay.runOnce();
      expect(values()).toEqual(['early']);
    });
    const floorPasses = Date.now() + 2500;
    await eventually(async () => {
      await relay.runOnce();
      expect(Date.now()).toBeGreaterThan(floorPasses);
    });
    release();
    await late;
    await relay.runOnce();
    expect(values()).toEqual(['early', 'late']);
  });

  it('publishes what was written last before it gives its shards back', async () => {
    const relay = startRelay({ database, producer: recorder, lane: 'subscriber', owner: 'one', log, idleMs: 60_000 });
    await eventually(() => expect(relay.ownsAll()).toBe(true));
    await database.transaction((tx) => appendToOutbox(tx, [{ ...message('a', 'last'), lane: 'subscriber' }]));
    await relay.stop();
    expect(values()).toEqual(['last']);
    const leases = await database.query(`select 1 from messaging.lease where group_name = 'outbox subscriber'`);
    expect(leases).toEqual([]);
  });

  it('of the gateway shares its lane with one of a release whose lane was that of all that callers wait for', async () => {
    const group = { name: 'outbox interactive', slots: shardCount, owner: 'the release before', ttlMs: 10_000 };
    expect(await renewLeases(database, group)).toHaveLength(shardCount);
    const relay = createRelayPass({ database, producer: recorder, lane: 'gateway', owner: 'one', log });
    await database.transaction((tx) => appendToOutbox(tx, [{ ...message('a', '1'), lane: 'gateway' }]));
    await relay.runOnce();
    expect([values(), relay.ownsAll()]).toEqual([[], false]);
    await releaseLeases(database, group);
    await relay.end();
    const next = createRelayPass({ database, producer: recorder, lane: 'gateway', owner: 'two', log });
    await next.runOnce();
    expect([values(), next.ownsAll()]).toEqual([['1'], true]);
  });

  it('keeps the rows when the broker is away, and sends them again', async () => {
    await database.transaction((tx) => appendToOutbox(tx, [message('a', '1'), message('b', '2')]));
    const away: Producer = { ...recorder, send: () => Promise.reject(new SimyardError('BROKER_UNAVAILABLE')) };
    await expect(pass(away).runOnce()).rejects.toMatchObject({ code: 'BROKER_UNAVAILABLE' });
    expect(await left()).toBe(2);
    await pass().runOnce();
    expect(values()).toEqual(['1', '2']);
  });

  it('parks a row that the broker refuses for good and publishes the others', async () => {
    const all = [message('a', '1'), message('a', 'refused'), message('b', '2')];
    await database.transaction((tx) => appendToOutbox(tx, all));
    const choosy: Producer = {
      ...recorder,
      send: (messages) =>
        messages.some((one) => one.value === 'refused')
          ? Promise.reject(new SimyardError('MESSAGE_TOO_LARGE'))
          : recorder.send(messages),
    };
    await pass(choosy).runOnce();
    expect(values()).toEqual(['1', '2']);
    expect(await left()).toBe(0);
    expect(await database.query('select payload, error from messaging.outbox_parked')).toEqual([
      { payload: 'refused', error: 'MESSAGE_TOO_LARGE' },
    ]);
  });

  it('shares the shards among live owners and takes over those of a dead one', async () => {
    const one = pass(recorder, 'one', { leaseTtlMs: 400 });
    const two = pass(recorder, 'two', { leaseTtlMs: 400 });
    const shares = async () =>
      Object.fromEntries(
        (
          await database.query<{ owner: string; n: number }>(
            'select owner, count(*)::int as n from messaging.lease where expires_at > clock_timestamp() group by owner',
          )
        ).map((row) => [row.owner, row.n]),
      );
    await eventually(async () => {
      await one.runOnce();
      await two.runOnce();
      expect(await shares()).toEqual({ one: 32, two: 32 });
    });
    // `two` renews no more, as if killed.
    await eventually(async () => {
      await one.runOnce();
      expect(await shares()).toEqual({ one: 64 });
    });
  });

  it('publishes to a real broker, with key, headers and raw bytes as they are', async () => {
    const client: KafkaClient = createKafka(
      { kafkaBrokers: testBrokers(), topicPrefix: testTopicPrefix() },
      'spec',
      log,
    );
    await ensureTopics(client, { definitions: topics.filter(({ name }) => name === businessTransactionsTopic) });
    const raw = { key: Buffer.from([0xff, 0]), payload: Buffer.from([0, 1, 0xfe]) };
    await database.transaction((tx) =>
      appendToOutbox(tx, [
        message('a', '{"n":1}', businessTransactionsTopic),
        { ...message('a', '', businessTransactionsTopic), key: null, payload: null, raw },
      ]),
    );
    const producer = createProducer(client);
    // A topic that is new may lack its leader for a moment: the loop would come again.
    await eventually(() => pass(producer).runOnce());
    await producer.close();
    const received: { key: Buffer | null; value: Buffer | null; id: string | undefined }[] = [];
    const consumer = client.kafka.consumer({ groupId: `${client.prefix}reader` });
    await consumer.connect();
    await consumer.subscribe({ topics: [client.prefix + businessTransactionsTopic], fromBeginning: true });
    await consumer.run({
      eachMessage: ({ message: { key, value, headers } }) => {
        received.push({ key, value, id: headers?.['ce_id']?.toString() });
        return Promise.resolve();
      },
    });
    // A send that failed in part is repeated whole.
    await eventually(() => expect(new Set(received.map((one) => one.id)).size).toBe(2), { timeoutMs: 30_000 });
    await consumer.disconnect();
    const text = received.find((one) => one.key?.toString() === 'a');
    expect(text).toMatchObject({ value: Buffer.from('{"n":1}'), id: '{"n":1}' });
    expect(received.find((one) => one.id !== text?.id)).toMatchObject({ key: raw.key, value: raw.payload });
  });
});

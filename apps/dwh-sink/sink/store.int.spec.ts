import { hash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SimyardError } from '#libs/errors';
import { change, received, versions } from '../testing/changes.js';
import { contentOf, testWarehouse, type TestWarehouse } from '../testing/warehouse.js';
import { compareText, versionKey, type ReceivedChange } from './received-change.js';
import { storeBatch } from './store.js';

describe('storeBatch', () => {
  let warehouse: TestWarehouse;
  const store = (batch: ReceivedChange[]) => storeBatch(warehouse.database, batch);
  const content = () => contentOf(warehouse.database);

  beforeAll(async () => {
    warehouse = await testWarehouse();
  });
  beforeEach(() => warehouse.reset());
  afterAll(() => warehouse.drop());

  it('stores changes with their transaction, latest state, metrics and Kafka position', async () => {
    const plan = await store(versions('a', 2));
    expect(plan).toMatchObject({ repeats: 0, conflicts: [] });
    expect(await content()).toEqual({
      changes: ['a@1', 'a@2'],
      latest: ['a@2'],
      transactions: 2,
      storedCount: 2,
      metrics: { changes: 2, transactions: 2 },
      gaps: [],
    });
    const [row] = await warehouse.database.query<Record<string, unknown>>(
      `select tableoid::regclass::text as partition, event_id, kafka_topic, kafka_partition, kafka_offset, resource_type,
         resource_value, before, after, occurred_at
       from dwh.entity_change where version = 2`,
    );
    expect(row).toEqual({
      partition: 'dwh.entity_change_default',
      event_id: 'event-a-2',
      kafka_topic: 'simyard.business-transactions.v1',
      kafka_partition: 0,
      kafka_offset: '2',
      resource_type: 'MSISDN',
      resource_value: '18685552',
      before: { type: 'MSISDN', value: '18685551' },
      after: { type: 'MSISDN', value: '18685552' },
      occurred_at: new Date('2026-03-10T12:00:02Z'),
    });
  });

  it('stores nothing twice and counts only what it inserted', async () => {
    await store(versions('a', 3));
    const before = await content();
    const plan = await store([...versions('a', 3).map(sameTransactionAs(await stored())), ...versions('b', 1)]);
    expect(plan).toMatchObject({ repeats: 3, conflicts: [] });
    expect(plan.inserts).toHaveLength(1);
    expect(await content()).toMatchObject({
      changes: [...before.changes, 'b@1'],
      metrics: { changes: 4, transactions: 4 },
      storedCount: 4,
    });
  });

  it('ends with the same rows when shuffled batches come in any order', async () => {
    const stream = [...versions('a', 10), ...versions('b', 10), ...versions('c', 10)];
    for (const batch of shuffledBatches(stream, 7, 1)) await store(batch);
    for (const batch of shuffledBatches(stream, 4, 2)) await store(batch);
    expect(await content()).toMatchObject({
      changes: stream.map(({ change: { entityId, version } }) => `${entityId}@${version}`).sort(byEntityAndVersion),
      latest: ['a@10', 'b@10', 'c@10'],
      transactions: 30,
      storedCount: 30,
      metrics: { changes: 30, transactions: 30 },
      gaps: [],
    });
  });

  it('advances what goes on from what is stored, beside what is new, repeated, late or early', async () => {
    const all = ['goes-on', 'repeated', 'late', 'early'].flatMap((entity) => versions(entity, 6));
    const of = (entity: string, ...wanted: number[]) =>
      all.filter(({ change: { entityId, version } }) => entityId === entity && wanted.includes(version));
    await store([...of('goes-on', 1, 2), ...of('repeated', 1, 2, 3), ...of('late', 1, 2, 4), ...of('early', 1, 2)]);
    const plan = await store([
      ...of('goes-on', 3, 4),
      ...of('repeated', 3, 4),
      ...of('late', 3),
      ...of('early', 4, 5),
      ...versions('new', 2),
    ]);
    expect(plan).toMatchObject({ repeats: 1, conflicts: [] });
    expect(plan.inserts).toHaveLength(8);
    expect(await content()).toMatchObject({
      latest: ['early@5', 'goes-on@4', 'late@4', 'new@2', 'repeated@4'],
      metrics: { changes: 18, transactions: 18 },
      gaps: ['early {[3,4)}'],
    });
  });

  it('stores once a batch in which all but one entity go on from what is stored', async () => {
    const [repeated, other] = [versions('a', 4), versions('b', 2)];
    await store([...repeated.slice(0, 3), ...other.slice(0, 1)]);
    const plan = await store([...repeated.slice(2), ...other.slice(1)]);
    expect(plan).toMatchObject({ repeats: 1, conflicts: [] });
    expect(await content()).toMatchObject({
      changes: ['a@1', 'a@2', 'a@3', 'a@4', 'b@1', 'b@2'],
      latest: ['a@4', 'b@2'],
      transactions: 6,
      storedCount: 6,
      metrics: { changes: 6, transactions: 6 },
      gaps: [],
    });
  });

  it('does the same when two sinks store overlapping batches at once', async () => {
    const stream = ['a', 'b', 'c', 'd', 'e'].flatMap((entity) => versions(entity, 40));
    let repeats = 0;
    const sink = async (seed: number) => {
      for (const batch of shuffledBatches(stream, 10, seed)) {
        const plan = await rerunning(() => store(batch));
        repeats += plan.repeats;
      }
    };
    await Promise.all([sink(1), sink(2), sink(3)]);
    expect(repeats).toBe(400);
    expect(await content()).toMatchObject({
      latest: ['a@40', 'b@40', 'c@40', 'd@40', 'e@40'],
      transactions: 200,
      storedCount: 200,
      metrics: { changes: 200, transactions: 200 },
      gaps: [],
    });
    expect((await content()).changes).toHaveLength(200);
  });

  it('does not overwrite a version that comes with another content, and says so', async () => {
    await store([received(change())]);
    const { businessTransaction } = change();
    const other = { ...change({ after: { type: 'MSISDN', value: 'stolen' } }), businessTransaction };
    const plan = await store([received(other, 7), ...versions('b', 1)]);
    expect(plan.conflicts.map(({ offset }) => offset)).toEqual([7n]);
    expect(await content()).toMatchObject({ changes: ['b@1', 'resource-1@1'], metrics: { changes: 2 } });
    const [row] = await warehouse.database.query<{ state: unknown }>(
      `select state from dwh.entity_latest where entity_id = 'resource-1'`,
    );
    expect(row?.state).toEqual({ type: 'MSISDN', value: '18685551' });
  });

  it('finds the conflict also when both contents come at once and at another time', async () => {
    const contents = [1, 2].map((second) =>
      received(change({ transaction: { occurredAt: `2026-0${second}-01T00:00:00.000Z` } })),
    );
    const plans = await Promise.all(contents.map((one) => rerunning(() => store([one]))));
    expect(plans.map((plan) => plan.inserts.length).sort()).toEqual([0, 1]);
    expect(plans.map((plan) => plan.conflicts.length).sort()).toEqual([0, 1]);
    expect((await content()).changes).toEqual(['resource-1@1']);
  });

  it('opens a gap where versions were jumped over and closes it as they come', async () => {
    const all = versions('a', 9);
    const pick = (...numbers: number[]) => numbers.map((number) => all[number - 1]!);
    await store(pick(2, 4));
    expect((await content()).gaps).toEqual(['a {[1,2),[3,4)}']);
    await store(pick(9));
    expect((await content()).gaps).toEqual(['a {[1,2),[3,4),[5,9)}']);
    await store(pick(6, 1));
    expect((await content()).gaps).toEqual(['a {[3,4),[5,6),[7,9)}']);
    await store(pick(8, 3, 5, 7));
    expect(await content()).toMatchObject({ gaps: [], latest: ['a@9'], metrics: { changes: 9 } });
  });

  it('counts the changes of a transaction that come in several batches', async () => {
    const transaction = { id: '0199c2a0-0000-7000-8000-000000000001', entityCount: 3 };
    const parts = ['a', 'b', 'c'].map((entityId, index) =>
      received(change({ transaction, entityId, sequence: index + 1 })),
    );
    await store(parts.slice(0, 1));
    await store(parts.slice(1));
    await store(parts);
    expect(await content()).toMatchObject({
      transactions: 1,
      storedCount: 3,
      metrics: { changes: 3, transactions: 1 },
    });
  });

  it('keeps text that only JSON can hold, and a value too long to be indexed', async () => {
    const after = { type: 'NOTE', value: 'x'.repeat(5000), nul: 'a\u0000b', half: '\ud800' };
    await store([received(change({ after, before: null }))]);
    const [row] = await warehouse.database.query<{ state: unknown }>('select state from dwh.entity_latest');
    expect(row?.state).toEqual(after);
  });

  /** Transactions of the rows that are stored, so that a repeat is one. */
  async function stored(): Promise<Map<number, string>> {
    const rows = await warehouse.database.query<{ version: number; id: string }>(
      'select version, business_transaction_id as id from dwh.entity_change',
    );
    return new Map(rows.map(({ version, id }) => [version, id]));
  }
});

const sameTransactionAs =
  (ids: Map<number, string>) =>
  (one: ReceivedChange): ReceivedChange => ({
    ...one,
    change: {
      ...one.change,
      businessTransaction: { ...one.change.businessTransaction, id: ids.get(one.change.version)! },
    },
  });

async function rerunning<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SimyardError) || error.disposition !== 'rerun') throw error;
    }
  }
}

/** The same order for the same seed. */
function shuffledBatches(stream: ReceivedChange[], size: number, seed: number): ReceivedChange[][] {
  const shuffled = stream
    .map((one) => ({ one, at: hash('sha1', `${seed} ${versionKey(one.change)}`) }))
    .sort((a, b) => compareText(a.at, b.at))
    .map(({ one }) => one);
  return Array.from({ length: Math.ceil(shuffled.length / size) }, (_, index) =>
    shuffled.slice(index * size, (index + 1) * size),
  );
}

function byEntityAndVersion(a: string, b: string): number {
  const [left, right] = [a.split('@'), b.split('@')];
  return left[0]!.localeCompare(right[0]!) || Number(left[1]) - Number(right[1]);
}

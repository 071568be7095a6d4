import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { change, received, versions } from '../testing/changes.js';
import { findRuns, planBatch, type BatchPlan } from './plan.js';
import { entityKey, versionKey, type ReceivedChange } from './received-change.js';
import { summarizeMetrics, summarizeTransactions } from './summarize.js';

const names = (list: { change: { entityId: string; version: number } }[]) =>
  list.map((one) => `${one.change.entityId}@${one.change.version}`);
const nothing = new Map<string, never>();
const key = (entityId: string) => `SubscriberResource/${entityId}`;
const storedOf = (list: ReceivedChange[]) => new Map(list.map((one) => [versionKey(one.change), one.change]));

describe('findRuns', () => {
  it('sorts entities whose changes follow each other', () => {
    const runs = findRuns([...versions('b', 2, 2).reverse(), ...versions('a', 1, 7)]);
    expect(runs?.map(names)).toEqual([['a@7'], ['b@2', 'b@3']]);
  });

  const [, two, three, , five] = versions('b', 5);
  it.each([
    ['a creation', versions('b', 2)],
    ['a gap', [two!, three!, five!]],
    ['a repeat', [two!, two!]],
  ])('finds none in a batch that has %s', (_, others) => {
    expect(findRuns([...versions('a', 1, 7), ...others])).toBeUndefined();
  });
});

describe('planBatch', () => {
  it('inserts new versions in key order, whatever order they came in', () => {
    const plan = planBatch([...versions('b', 2), ...versions('a', 2).reverse()], nothing, nothing);
    expect(names(plan.inserts)).toEqual(['a@1', 'a@2', 'b@1', 'b@2']);
    expect(names(plan.firsts)).toEqual(['a@2', 'b@2']);
    expect(plan).toMatchObject({ successors: [], missing: [], fills: [], repeats: 0, conflicts: [] });
  });

  it('advances an entity that has a latest row', () => {
    const plan = planBatch(versions('a', 2, 3), new Map([[key('a'), 2]]), nothing);
    expect(names(plan.successors)).toEqual(['a@4']);
    expect(plan.firsts).toEqual([]);
  });

  it('counts a version that comes twice in the batch as a repeat', () => {
    const [one] = versions('a', 1);
    const plan = planBatch([one!, { ...one!, offset: 9n }], nothing, nothing);
    expect([names(plan.inserts), plan.repeats]).toEqual([['a@1'], 1]);
  });

  it('counts stored versions as repeats, whatever the order of their properties', () => {
    const [one] = versions('a', 1);
    const stored = { ...one!.change, after: { value: '18685551', type: 'MSISDN' } };
    const plan = planBatch([one!], new Map([[key('a'), 1]]), new Map([[versionKey(stored), stored]]));
    expect(plan).toMatchObject({ inserts: [], repeats: 1, conflicts: [] });
  });

  it.each([
    ['after', { after: { type: 'MSISDN', value: 'other' } }],
    ['time', { transaction: { occurredAt: '2026-03-10T12:00:02.000Z' } }],
    ['transaction', { transaction: { id: '00000000-0000-4000-8000-000000000000' } }],
  ])('finds the same version with another %s', (_, options) => {
    const first = change({ transaction: { occurredAt: '2026-03-10T12:00:01.000Z' } });
    const { transaction, ...rest } = { transaction: {}, ...options };
    const other = { ...first, ...rest, businessTransaction: { ...first.businessTransaction, ...transaction } };
    const stored = planBatch([received(other)], new Map([[entityKey(first), 1]]), storedOf([received(first)]));
    expect([stored.inserts, stored.conflicts.length]).toEqual([[], 1]);
    const batch = planBatch([received(first), received(other)], nothing, nothing);
    expect([batch.inserts.length, batch.conflicts.length]).toEqual([1, 1]);
  });

  it('notes the versions that are jumped over, and those that come after all', () => {
    const [, , three, , five, , seven] = versions('a', 7);
    const plan = planBatch([five!, three!, seven!], new Map([[key('a'), 4]]), nothing);
    expect(plan.missing.map(({ from, to }) => [from, to])).toEqual([[6, 6]]);
    expect(names(plan.fills)).toEqual(['a@3']);
    expect(names(plan.successors)).toEqual(['a@7']);
  });

  it('comes to the same rows for any split, order and repetition of a stream', () => {
    const stream = [...versions('a', 5), ...versions('b', 4), ...versions('c', 1)];
    const picks = fc.array(fc.array(fc.nat(stream.length - 1), { maxLength: 12 }), { maxLength: 8 });
    fc.assert(
      fc.property(picks, (batches) => {
        const model = new Warehouse();
        for (const batch of batches) model.store(batch.map((index) => stream[index]!));
        model.store(stream);
        expect(model.rows.size).toBe(stream.length);
        expect(model.inserted).toBe(stream.length);
        expect(Object.fromEntries(model.latest)).toEqual({ [key('a')]: 5, [key('b')]: 4, [key('c')]: 1 });
        expect([...model.missing]).toEqual([]);
      }),
    );
  });
});

/** What the statements do with a plan, in memory. */
class Warehouse {
  readonly rows = new Map<string, ReceivedChange['change']>();
  readonly latest = new Map<string, number>();
  readonly missing = new Set<string>();
  inserted = 0;

  store(batch: ReceivedChange[]): void {
    const plan: BatchPlan = planBatch(batch, this.latest, this.rows);
    expect(plan.conflicts).toEqual([]);
    for (const { change: row } of plan.inserts) this.rows.set(versionKey(row), row);
    this.inserted += plan.inserts.length;
    for (const { change: row } of [...plan.firsts, ...plan.successors]) this.latest.set(entityKey(row), row.version);
    for (const gap of plan.missing) {
      for (let version = gap.from; version <= gap.to; version += 1)
        this.missing.add(versionKey({ ...gap.change, version }));
    }
    for (const { change: row } of plan.fills) expect(this.missing.delete(versionKey(row))).toBe(true);
  }
}

describe('summaries of inserted changes', () => {
  it('give each transaction once, with the number of its changes', () => {
    const transaction = { id: '0199c2a0-0000-7000-8000-000000000002', entityCount: 2 };
    const other = { id: '0199c2a0-0000-7000-8000-000000000001' };
    const rows = summarizeTransactions([
      received(change({ transaction })),
      received(change({ transaction, sequence: 2, entityId: 'b' })),
      received(change({ transaction: other })),
    ]);
    expect(rows.map(({ header, changes }) => [header.id, changes])).toEqual([
      [other.id, 1],
      [transaction.id, 2],
    ]);
  });

  it('count by tenant, hour, type, entity type and operation; a transaction at its first change', () => {
    const rows = summarizeMetrics([
      received(change()),
      received(change({ sequence: 2, entityId: 'b' })),
      received(change({ transaction: { occurredAt: '2026-03-10T13:00:00.000Z' } })),
    ]);
    expect(rows.map(({ hour, changes, transactions }) => [hour, changes, transactions])).toEqual([
      ['2026-03-10T12:00:00Z', 2, 1],
      ['2026-03-10T13:00:00Z', 1, 1],
    ]);
  });
});

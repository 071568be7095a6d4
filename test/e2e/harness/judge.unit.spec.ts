import { describe, expect, it } from '@jest/globals';
import type { CommandOutcome, EntityChanged } from '#libs/contracts';
import { holderProblems, transactionProblems, versionProblems } from './judge-changes.js';
import { expectationProblems, outcomeProblems } from './judge-outcomes.js';
import { latestProblems, stateProblems, warehouseProblems } from './judge-stored.js';
import type { Published } from './published.js';
import type { StoredChange } from './state.js';

let nextOffset = 0n;

function published<Value>(value: Value): Published<Value> {
  nextOffset += 1n;
  return { eventId: `event ${nextOffset}`, value, partition: 0, offset: nextOffset, offsets: [nextOffset] };
}

const timeOf = (second: number): string => new Date(second * 1000).toISOString();

/** A resource's change at a second: from one number to another. */
function change(entityId: string, version: number, second: number, [before, after]: (string | null)[]) {
  const state = (value: string | null | undefined) => (value == null ? null : { value, subscriberId: 'S' });
  return published({
    businessTransaction: {
      id: `transaction ${entityId} ${version}`,
      commandId: `command ${entityId} ${version}`,
      occurredAt: timeOf(second),
      entityCount: 1,
    },
    sequence: 1,
    entityType: 'SubscriberResource',
    entityId,
    version,
    operation: 'UPDATED',
    before: state(before),
    after: state(after),
  } as EntityChanged);
}

const outcome = (commandId: string, businessTransactionId?: string): Published<CommandOutcome> =>
  published({
    commandId,
    operationId: `operation ${commandId}`,
    status: businessTransactionId === undefined ? 'REJECTED' : 'COMPLETED',
    ...(businessTransactionId === undefined
      ? { error: { code: 'RESOURCE_IN_USE', message: '' } }
      : { businessTransactionId }),
  });

const first = change('r1', 1, 1, [null, '100']);
const second = change('r1', 2, 2, ['100', '200']);
const third = change('r1', 3, 3, ['200', '300']);

describe('the judge of outcomes', () => {
  const operation = (commandId: string, status: string) => ({
    commandId,
    operationId: `operation ${commandId}`,
    status,
  });
  const one = new Set(['a']);

  it('has nothing to say when each command has one outcome and one operation', () => {
    expect(outcomeProblems(one, [outcome('a', 't')], [operation('a', 'COMPLETED')])).toEqual([]);
  });

  it.each([
    ['a command without an outcome', [], [operation('a', 'COMPLETED')]],
    ['a command with two outcomes', [outcome('a', 't'), outcome('a', 't')], [operation('a', 'COMPLETED')]],
    ['a command without an operation', [outcome('a', 't')], []],
    ['a command with two operations', [outcome('a')], [operation('a', 'FAILED'), operation('a', 'FAILED')]],
    ['an operation that ended otherwise', [outcome('a')], [operation('a', 'COMPLETED')]],
    ['a stranger', [outcome('a'), outcome('b')], [operation('a', 'FAILED')]],
  ])('finds %s', (_, outcomes, operations) => {
    expect(outcomeProblems(one, outcomes, operations)).toHaveLength(1);
  });

  it('finds an end that the model did not expect', () => {
    const expected = new Map([['a', 'COMPLETED' as const]]);
    expect(expectationProblems(expected, [outcome('a', 't')])).toEqual([]);
    expect(expectationProblems(expected, [outcome('a')])).toHaveLength(1);
    expect(expectationProblems(expected, [])).toHaveLength(1);
  });
});

describe('the judge of changes', () => {
  it('has nothing to say against versions in order', () => {
    expect(versionProblems([first, second, third])).toEqual([]);
  });

  it.each([
    ['a missing version', [first, third]],
    ['versions out of order', [first, third, second]],
    ['a version that was published as two events', [first, second, change('r1', 2, 2, ['100', '200'])]],
    ['a state that comes from nowhere', [first, change('r1', 2, 2, ['150', '200'])]],
    ['an entity in two partitions', [first, { ...second, partition: 1 }]],
  ])('finds %s', (_, changes) => {
    expect(versionProblems(changes)).not.toEqual([]);
  });

  const completed = outcome('command r1 1', 'transaction r1 1');
  it('has nothing to say when each completed command published its transaction', () => {
    expect(transactionProblems([first], [completed], new Set())).toEqual([]);
  });

  it.each([
    ['a change without an outcome', [first, second], [completed]],
    ['a change of a refused command', [first, second], [completed, outcome('command r1 2')]],
    ['a completed command without a change', [first], [completed, outcome('b', 't')]],
    ['a change of another transaction', [first], [outcome('command r1 1', 'other')]],
  ])('finds %s', (_, changes, outcomes) => {
    expect(transactionProblems(changes, outcomes, new Set())).toHaveLength(1);
  });

  it('finds a number with two holders, and lets one begin when another ends', () => {
    const taken = (at: number) => change('r2', 1, at, [null, '100']);
    expect(holderProblems([first, second, taken(2)])).toEqual([]);
    expect(holderProblems([first, second, taken(1.5)])).toHaveLength(1);
    expect(holderProblems([first, taken(9)])).toHaveLength(1);
  });
});

describe('the judge of what is stored', () => {
  const changes = [first, second];
  const resource = { resourceId: 'r1', version: 2, subscriberId: 'S', value: '200' };
  const stored = changes.map(({ eventId, value, partition, offset }): StoredChange => {
    const { businessTransaction, ...its } = value;
    return { ...its, eventId, partition, offset: String(offset), businessTransactionId: businessTransaction.id };
  });
  const latest = { entityType: 'SubscriberResource', entityId: 'r1', version: 2, state: second.value.after };

  it('has nothing to say when the tables have what was published', () => {
    expect(stateProblems(changes, [resource])).toEqual([]);
    expect(warehouseProblems(changes, stored)).toEqual([]);
    expect(latestProblems(changes, [latest])).toEqual([]);
  });

  it('finds an inventory that is behind, ahead or beside', () => {
    expect(stateProblems(changes, [])).toHaveLength(1);
    expect(stateProblems(changes, [{ ...resource, version: 3 }])).toHaveLength(2);
    expect(stateProblems([first], [resource, { ...resource, resourceId: 'r3' }])).toHaveLength(3);
  });

  it('finds a warehouse that has fewer, more or other changes', () => {
    expect(warehouseProblems(changes, stored.slice(1))).toHaveLength(1);
    expect(warehouseProblems([first], stored)).toHaveLength(1);
    expect(warehouseProblems(changes, [stored[0]!, { ...stored[1]!, after: { value: '201' } }])).toHaveLength(1);
    expect(warehouseProblems(changes, [stored[0]!, { ...stored[1]!, offset: '999' }])).toHaveLength(1);
    expect(latestProblems(changes, [{ ...latest, version: 1 }])).toHaveLength(2);
  });
});

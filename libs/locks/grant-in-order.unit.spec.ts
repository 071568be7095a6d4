import { describe, expect, it } from '@jest/globals';
import { lockingOf, operationRow } from '#libs/testing';
import { grantInOrder } from './acquire.js';
import { keyOf, wantedLocks, type Holder, type WantedLock } from './lock.js';

const a = lockingOf(operationRow());
const b = lockingOf(operationRow());
const c = lockingOf(operationRow());
const entity = (id: string) => ({ type: 'Subscriber' as const, id });
const both = (operation: typeof a, username: string, id: string): WantedLock[] =>
  wantedLocks({ userAction: 'single', entity: 'Subscriber' }, { ...operation, username }, entity(id));

describe('wantedLocks', () => {
  it('names the user with the action, and the entity', () => {
    expect(both(a, 'crm', 's-1')).toMatchObject([
      { level: 'user-action', key: 'SwapSubscriberResource crm', entity: null },
      { level: 'entity', key: 'Subscriber s-1', entity: entity('s-1') },
    ]);
  });

  it('keeps bulks of an action apart from its single calls', () => {
    expect(wantedLocks({ userAction: 'bulk', entity: 'none' }, a)).toMatchObject([
      { level: 'user-action', key: 'bulk:SwapSubscriberResource acme-crm' },
    ]);
  });

  it('wants nothing of an entity that does not exist, nor where the policy has none', () => {
    expect(wantedLocks({ userAction: 'none', entity: 'Subscriber' }, a)).toEqual([]);
    expect(wantedLocks({ userAction: 'none', entity: 'none' }, a, entity('s-1'))).toEqual([]);
  });
});

describe('grantInOrder', () => {
  it('gives a lock to the first, and names him to the others', () => {
    const { granted, refused } = grantInOrder([...both(a, 'u', '1'), ...both(b, 'v', '1')], new Map());
    expect(granted).toEqual(both(a, 'u', '1'));
    expect(refused).toEqual(
      new Map([
        [b.operationId, [{ operationId: a.operationId, expired: false, level: 'entity', entity: entity('1') }]],
      ]),
    );
  });

  it('leaves what a refused operation wanted to those after it', () => {
    const holder: Holder = { operationId: 'other', expired: false, level: 'entity', entity: entity('1') };
    const others = new Map([[keyOf(both(a, 'u', '1')[1]!), holder]]);
    const wanted = [...both(a, 'u', '1'), ...both(b, 'u', '2'), ...both(c, 'u', '3')];
    const { granted, refused } = grantInOrder(wanted, others);
    expect(granted).toEqual(both(b, 'u', '2'));
    expect([...refused].map(([id, [first]]) => [id, first?.operationId])).toEqual([
      [a.operationId, 'other'],
      [c.operationId, b.operationId],
    ]);
  });

  it('names all who stand in the way', () => {
    const holders = both(a, 'u', '1').map((lock, index): [string, Holder] => [
      keyOf(lock),
      { operationId: `other-${index}`, expired: index === 0, level: lock.level, entity: lock.entity },
    ]);
    const { refused } = grantInOrder(both(a, 'u', '1'), new Map(holders));
    expect(refused.get(a.operationId)).toEqual(holders.map(([, holder]) => holder));
  });
});

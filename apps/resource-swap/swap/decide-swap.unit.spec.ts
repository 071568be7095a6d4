import { describe, expect, it } from '@jest/globals';
import type { CommandData } from '#libs/contracts';
import type { InventoryView } from '#libs/inventory';
import { acme, command, globex, resourceRow, subscriberId, subscriberRow, viewOf, viewTime } from '#libs/testing';
import type { Actor, Decision } from '#libs/transactions';
import { decideSwap } from './decide-swap.js';

type SwapData = CommandData<'SwapSubscriberResource'>;

const [n1, n2, n3, n4, n5] = ['18685550101', '18685550102', '18685550103', '18685550104', '18685550105'] as const;

/** SUB-1 has n1 and an IMSI, SUB-2 n2; GONE is Deactivated and has n4; FOREIGN is GLOBEX's and has n5; n3 is free. */
function fleet(): InventoryView {
  const one = subscriberRow('SUB-1');
  const two = subscriberRow('SUB-2');
  const gone = subscriberRow('GONE', { state: 'Deactivated', accountId: 'ACME-JM' });
  const foreign = subscriberRow('FOREIGN', { accountId: 'GLOBEX' });
  return viewOf({
    subscribers: [one, two, gone, foreign],
    resources: [
      resourceRow(one, 'MSISDN', n1),
      resourceRow(one, 'IMSI', '374010123456789'),
      resourceRow(two, 'MSISDN', n2, { version: 7 }),
      resourceRow(gone, 'MSISDN', n4, { version: 3 }),
      resourceRow(foreign, 'MSISDN', n5),
    ],
  });
}

const valid: SwapData = {
  requestId: 'r-1',
  subscriber: { externalId: 'SUB-1' },
  resourceType: 'MSISDN',
  swapResource: n1,
  resource: n3,
};

const decide = (data: SwapData, actor: Actor = acme, view = fleet()): Decision =>
  decideSwap(view, command('SwapSubscriberResource', data, actor));

const refusal = (decision: Decision): unknown =>
  decision.status === 'REJECTED' ? [decision.error.code, decision.error.details?.['field']] : decision.status;

const without = (...fields: (keyof SwapData)[]): SwapData =>
  Object.fromEntries(Object.entries(valid).filter(([field]) => !fields.includes(field as keyof SwapData)));

describe('a swap', () => {
  it('is one update of the same resource', () => {
    const view = fleet();
    const before = view.resourcesOf.get(subscriberId('SUB-1'))?.get(`MSISDN\0\0${n1}`);
    const decision = decide({ ...valid, resource: '+1 868 555 0103' }, acme, view);
    expect(decision).toMatchObject({
      status: 'COMPLETED',
      occurredAt: viewTime,
      changes: [
        {
          entityType: 'SubscriberResource',
          entityId: before?.resourceId,
          aggregateId: subscriberId('SUB-1'),
          tenantId: 'ACME',
          accountId: 'ACME-TT',
          version: 2,
          operation: 'UPDATED',
          before: { id: before?.resourceId, subscriberExternalId: 'SUB-1', type: 'MSISDN', value: n1 },
          after: { id: before?.resourceId, value: n3, validFrom: viewTime.toISOString() },
        },
      ],
    });
    expect(view.ended).toEqual([expect.objectContaining({ value: n1, version: 1, validTo: viewTime })]);
  });

  it.each([
    ['refId', { refId: subscriberId('SUB-1').toUpperCase() }],
    ['identifier', { identifier: { type: 'IMSI', value: '374010-123456789' } }],
    ['the first of several', { externalId: 'SUB-1', identifier: { type: 'MSISDN', value: n2 } }],
  ])('takes a subscriber by %s', (_, subscriber) => {
    expect(decide({ ...valid, subscriber }).status).toBe('COMPLETED');
  });

  it('ends the assignment of a Deactivated subscriber after its own change', () => {
    const decision = decide({ ...valid, resource: n4 });
    if (decision.status !== 'COMPLETED') throw new Error(decision.status);
    expect(decision.changes).toMatchObject([
      { aggregateId: subscriberId('SUB-1'), operation: 'UPDATED', version: 2 },
      {
        aggregateId: subscriberId('GONE'),
        operation: 'DELETED',
        version: 4,
        accountId: 'ACME-JM',
        before: { value: n4 },
        after: null,
      },
    ]);
    expect(decision.changes[1]).not.toHaveProperty('outsideTree');
  });

  it('marks what ends outside the tree of the actor', () => {
    const decision = decide({ ...valid, resource: n4 }, { ...acme, accountId: 'ACME-TT' });
    expect(decision).toMatchObject({ changes: [{ accountId: 'ACME-TT' }, { outsideTree: true }] });
  });

  it('never happens before the change it follows', () => {
    const one = subscriberRow('SUB-1');
    const validFrom = new Date(viewTime.getTime() + 60_000);
    const view = viewOf({ subscribers: [one], resources: [resourceRow(one, 'MSISDN', n1, { validFrom })] });
    expect(decide(valid, acme, view)).toMatchObject({ occurredAt: validFrom });
  });

  it('sees what the commands before it did', () => {
    const view = fleet();
    const swap = (externalId: string, swapResource: string, resource: string): Decision =>
      decide({ ...valid, subscriber: { externalId }, swapResource, resource }, acme, view);
    expect(refusal(swap('SUB-2', n2, n1))).toEqual(['RESOURCE_IN_USE', 'resource']);
    expect(swap('SUB-1', n1, n3).status).toBe('COMPLETED');
    expect(swap('SUB-2', n2, n1)).toMatchObject({ changes: [{ version: 8, before: { value: n2 } }] });
    expect(swap('SUB-1', n3, n2)).toMatchObject({ changes: [{ version: 3, after: { value: n2 } }] });
    expect(view.ended.map(({ value, version }) => [value, version])).toEqual([
      [n1, 1],
      [n2, 7],
      [n3, 2],
    ]);
  });
});

describe('a swap is refused', () => {
  const unknownType = { ...valid, resourceType: 'FAX' };

  it.each<[string, string, SwapData]>([
    ['REQUEST_ID_REQUIRED', 'requestId', {}],
    ['SUBSCRIBER_REQUIRED', 'subscriber', { requestId: 'r-1' }],
    ['SWAP_RESOURCE_REQUIRED', 'swapResource', without('swapResource', 'resource', 'resourceType')],
    ['RESOURCE_REQUIRED', 'resource', without('resource', 'resourceType')],
    ['RESOURCE_TYPE_REQUIRED', 'resourceType', { ...without('resourceType'), subscriber: { externalId: 'nobody' } }],
    ['SUBSCRIBER_NOT_FOUND', 'subscriber', { ...unknownType, subscriber: { externalId: 'nobody' }, swapResource: n2 }],
    ['SUBSCRIBER_NOT_FOUND', 'subscriber', { ...valid, subscriber: { refId: subscriberId('FOREIGN') } }],
    ['SUBSCRIBER_NOT_FOUND', 'subscriber', { ...valid, subscriber: { identifier: { type: 'MSISDN', value: n5 } } }],
    ['SUBSCRIBER_NOT_FOUND', 'subscriber', { ...valid, subscriber: { identifier: { type: 'FAX', value: n1 } } }],
    ['SUBSCRIBER_DEACTIVATED', 'subscriber', { ...valid, subscriber: { externalId: 'GONE' }, swapResource: 'x' }],
    ['SWAP_RESOURCE_NOT_FOUND', 'swapResource', { ...valid, swapResource: n2, resource: 'x' }],
    ['SWAP_RESOURCE_NOT_FOUND', 'swapResource', { ...valid, swapResource: 'x' }],
    ['SWAP_RESOURCE_NOT_FOUND', 'swapResource', { ...valid, resourceType: 'IMSI' }],
    ['SWAP_RESOURCE_NOT_FOUND', 'swapResource', { ...unknownType, swapResource: n2 }],
    ['RESOURCE_FORMAT_INVALID', 'resource', { ...valid, resource: 'x' }],
    ['RESOURCE_UNCHANGED', 'resource', { ...valid, resource: `+${n1}` }],
    ['RESOURCE_UNCHANGED', 'resource', { ...unknownType, resource: n1 }],
    ['RESOURCE_IN_USE', 'resource', { ...valid, resource: n2 }],
    ['RESOURCE_IN_USE', 'resource', { ...valid, resource: n5 }],
    ['RESOURCE_TYPE_NOT_CONFIGURED', 'resourceType', { ...unknownType, swapResource: `+${n1}` }],
  ])('with %s for its %s', (code, field, data) => {
    expect(refusal(decide(data))).toEqual([code, field]);
  });

  it('when the subscriber has the new resource already', () => {
    const view = fleet();
    const one = subscriberRow('SUB-1');
    const both = viewOf({
      subscribers: [one],
      resources: [resourceRow(one, 'MSISDN', n1), resourceRow(one, 'MSISDN', n2)],
    });
    expect(refusal(decide({ ...valid, resource: n2 }, acme, both))).toEqual(['RESOURCE_EXISTS', 'resource']);
    expect(view.ended).toEqual([]);
  });

  it.each<[string, Actor]>([
    ['another tenant', globex],
    ['an account beside it', { ...acme, accountId: 'ACME-JM' }],
  ])('as if the subscriber did not exist, for %s', (_, actor) => {
    expect(refusal(decide(valid, actor))).toEqual(['SUBSCRIBER_NOT_FOUND', 'subscriber']);
    expect(decide(valid, actor)).toEqual(decide({ ...valid, subscriber: { externalId: 'nobody' } }, actor));
  });

  it('for one tenant while another may use the same name', () => {
    const [mine, theirs] = [subscriberRow('SUB-1'), subscriberRow('FOREIGN', { accountId: 'GLOBEX' })];
    const rows = {
      subscribers: [mine, theirs],
      resources: [resourceRow(mine, 'USERNAME', 'ana'), resourceRow(theirs, 'USERNAME', 'bob')],
    };
    const data = { ...valid, resourceType: 'USERNAME', swapResource: 'Ana', resource: 'BOB' };
    expect(decide(data, acme, viewOf(rows))).toMatchObject({ changes: [{ after: { value: 'bob' } }] });
  });

  it('without a trace', () => {
    const view = fleet();
    const before = new Map(view.resources);
    decide({ ...valid, resource: n2 }, acme, view);
    expect(view.resources).toEqual(before);
    expect(view.ended).toEqual([]);
  });

  it.each(['SUB-1', 'GONE'])(
    'is refused while another operation holds %s, and done by the one that holds it',
    (name) => {
      const asked = command('SwapSubscriberResource', { ...valid, resource: n4 });
      const heldBy = (operationId: string) => ({
        ...fleet(),
        locks: new Map([[`Subscriber ${subscriberId(name)}`, operationId]]),
      });
      expect(decideSwap(heldBy('other'), asked)).toMatchObject({
        status: 'REJECTED',
        error: { code: 'LOCKED', details: { operationId: 'other' } },
      });
      expect(decideSwap(heldBy(asked.operationId), asked).status).toBe('COMPLETED');
    },
  );
});

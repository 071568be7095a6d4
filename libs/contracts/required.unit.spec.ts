import { describe, expect, it } from '@jest/globals';
import type { CommandData } from './commands.js';
import { checkMandatory } from './required.js';

type SwapData = CommandData<'SwapSubscriberResource'>;

const swap: SwapData = {
  requestId: 'r-1',
  subscriber: { externalId: 'SUB-1' },
  swapResource: '18685550101',
  resource: '18685550102',
  resourceType: 'MSISDN',
};

describe('mandatory attributes', () => {
  it('are reported in the order requestId, subscriber, swapResource, resource, resourceType', () => {
    const data: SwapData = {};
    const codes: (string | undefined)[] = [];
    for (const field of ['requestId', 'subscriber', 'swapResource', 'resource', 'resourceType'] as const) {
      codes.push(checkMandatory('SwapSubscriberResource', data).missing?.code);
      Object.assign(data, { [field]: swap[field] });
    }
    expect(codes).toEqual([
      'REQUEST_ID_REQUIRED',
      'SUBSCRIBER_REQUIRED',
      'SWAP_RESOURCE_REQUIRED',
      'RESOURCE_REQUIRED',
      'RESOURCE_TYPE_REQUIRED',
    ]);
    expect(checkMandatory('SwapSubscriberResource', data).data).toBe(data);
  });

  it.each([
    ['an empty reference', {}],
    ['a reference of nulls', { externalId: null, refId: null }],
    ['null', null],
  ])('count %s as no subscriber', (_, subscriber) => {
    const data = { ...swap, subscriber } as SwapData;
    expect(checkMandatory('SwapSubscriberResource', data).missing).toEqual({
      field: 'subscriber',
      code: 'SUBSCRIBER_REQUIRED',
    });
  });

  it('count empty text as missing', () => {
    expect(checkMandatory('SwapSubscriberResource', { ...swap, resource: '' }).missing?.code).toBe('RESOURCE_REQUIRED');
  });

  it('of a status change are subscriber, then state', () => {
    const data = { requestId: 'r-1' };
    expect(checkMandatory('ChangeSubscriberStatus', data).missing?.code).toBe('SUBSCRIBER_REQUIRED');
    expect(checkMandatory('ChangeSubscriberStatus', { ...data, subscriber: { externalId: 'a' } }).missing?.code).toBe(
      'SUBSCRIBER_STATE_REQUIRED',
    );
  });
});

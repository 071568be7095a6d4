import { describe, expect, it } from '@jest/globals';
import { requestFingerprint } from './request-key.js';

describe('requestFingerprint', () => {
  const data = { requestId: 'r', subscriber: { externalId: 'S', refId: undefined }, list: [1, { b: 2, a: null }] };

  it('does not depend on the order or the absence of properties', () => {
    const same = {
      list: [1, { b: 2 }],
      subscriber: { externalId: 'S' },
      requestId: 'r',
      transactionId: null,
    };
    expect(requestFingerprint('Swap', same)).toBe(requestFingerprint('Swap', data));
    expect(requestFingerprint('Swap', data)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it.each([
    ['another command', 'Create', data],
    ['another value', 'Swap', { ...data, requestId: 'R' }],
    ['another order of a list', 'Swap', { ...data, list: data.list.toReversed() }],
    ['null in a list', 'Swap', { ...data, list: [...data.list, null] }],
  ])('differs by %s', (_, action, other) => {
    expect(requestFingerprint(action, other)).not.toBe(requestFingerprint('Swap', data));
  });
});

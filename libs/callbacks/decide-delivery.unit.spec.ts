import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decideDelivery } from './decide-delivery.js';

const policy = { attempts: 10, backoffMs: 5000 };
const failed = { status: 500, error: 'HTTP 500' };

describe('decideDelivery', () => {
  it('ends with what was delivered, however late', () => {
    expect(decideDelivery(10, { status: 204, error: null }, policy, 0.5)).toEqual({ state: 'DELIVERED' });
  });

  it('pauses three times as long after each failure, up to an hour, for hours', () => {
    const pauses = Array.from({ length: 9 }, (_, i) => decideDelivery(i + 1, failed, policy, 0.5));
    const seconds = [5, 15, 45, 135, 405, 1215, 3600, 3600, 3600];
    expect(pauses).toEqual(seconds.map((pause) => ({ state: 'DUE', dueInMs: pause * 1000 })));
  });

  it('spreads what failed together by a quarter of the pause', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.double({ min: 0, max: 1, noNaN: true }), (tries, random) => {
        const middle = decideDelivery(tries, failed, policy, 0.5);
        const step = decideDelivery(tries, failed, policy, random);
        if (step.state !== 'DUE' || middle.state !== 'DUE') throw new Error('must be due again');
        expect(Math.abs(step.dueInMs - middle.dueInMs)).toBeLessThanOrEqual(middle.dueInMs / 4 + 1);
      }),
    );
  });

  it('gives up after the last attempt, or when none can help', () => {
    expect(decideDelivery(10, failed, policy, 0.5)).toEqual({ state: 'GIVEN_UP' });
    expect(decideDelivery(12, failed, policy, 0.5)).toEqual({ state: 'GIVEN_UP' });
    const final = { status: null, error: 'the subscription was removed', final: true };
    expect(decideDelivery(1, final, policy, 0.5)).toEqual({ state: 'GIVEN_UP' });
  });
});

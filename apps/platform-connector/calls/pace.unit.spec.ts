import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RateLimit } from '#libs/postgres';
import { paceOf } from './pace.js';

/** When calls arrive that are sent as soon as their window has a point, each after a time on its way. */
function arrivals({ points, perMs: windowMs }: RateLimit, wants: { pauseMs: number; wayMs: number }[]): number[] {
  let time = 0;
  let windowEnd = 0;
  let taken = 0;
  const arrived = wants.map(({ pauseMs, wayMs }) => {
    time += pauseMs;
    if (taken === points && time < windowEnd) time = windowEnd;
    if (time >= windowEnd) {
      windowEnd = time + windowMs;
      taken = 0;
    }
    taken += 1;
    return time + Math.floor(wayMs * windowMs);
  });
  return arrived.sort((one, other) => one - other);
}

describe('paceOf', () => {
  it('spreads a few calls one by one, and gives more of them windows', () => {
    expect(paceOf({ requests: 10, perMs: 1000 })).toEqual({ points: 1, perMs: 112 });
    expect(paceOf({ requests: 1, perMs: 1000 })).toEqual({ points: 1, perMs: 1100 });
    expect(paceOf({ requests: 500, perMs: 1000 })).toEqual({ points: 22, perMs: 50 });
  });

  it('keeps the limit in any span, whenever calls are wanted, and though they take differently long', () => {
    const limits = fc.record({
      requests: fc.integer({ min: 2, max: 300 }),
      perMs: fc.integer({ min: 500, max: 60_000 }),
    });
    const wants = fc.record({
      pauseMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2000 })),
      wayMs: fc.double({ min: 0, max: 0.99, noNaN: true }),
    });
    fc.assert(
      fc.property(limits, fc.array(wants, { minLength: 20, maxLength: 700, size: 'max' }), (limit, wanted) => {
        const arrived = arrivals(paceOf(limit), wanted);
        const tooMany = arrived.filter((time, index) => {
          const later = arrived[index + limit.requests];
          return later !== undefined && later - time < limit.perMs;
        });
        expect(tooMany).toEqual([]);
      }),
    );
  });
});

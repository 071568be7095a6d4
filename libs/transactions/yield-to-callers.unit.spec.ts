import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { yieldToCallers, type YieldToCallers } from './yield-to-callers.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** Milliseconds that a rest after `tookMs` lasts, while a caller is seen at each of `seenAt` from its begin. */
async function restOf(yielding: YieldToCallers, tookMs: number, seenAt: number[]): Promise<number> {
  for (const at of seenAt) setTimeout(yielding.callerSeen, at);
  const begin = performance.now();
  let lasted = -1;
  const rest = yielding.rest(tookMs).then(() => (lasted = performance.now() - begin));
  await jest.advanceTimersByTimeAsync(5000);
  await rest;
  return Math.round(lasted);
}

describe('yieldToCallers', () => {
  it('takes full batches without a rest while no caller is about', async () => {
    const yielding = yieldToCallers(1000);
    expect(yielding.smallerBatch()).toBe(1000);
    expect(await restOf(yielding, 100, [])).toBe(0);
  });

  it('takes small batches for a second after a caller', async () => {
    const yielding = yieldToCallers(1000);
    yielding.callerSeen();
    expect(yielding.smallerBatch()).toBe(100);
    await jest.advanceTimersByTimeAsync(999);
    expect(yielding.smallerBatch()).toBe(100);
    await jest.advanceTimersByTimeAsync(1);
    expect(yielding.smallerBatch()).toBe(1000);
  });

  it('never takes more than a batch may have', () => {
    expect(yieldToCallers(20).smallerBatch()).toBe(20);
  });

  it.each([
    ['until callers have been quiet for 50 ms', 100, [0, 30, 60], 110],
    ['not for one who has come long ago', 100, [], 0],
    ['three times as long as the batch took at most', 20, [0, 20, 40, 60, 80, 100], 60],
    ['a second at most', 900, Array.from({ length: 100 }, (_, n) => n * 20), 1000],
  ])('rests %s', async (_, tookMs, seenAt, expected) => {
    const yielding = yieldToCallers(1000);
    yielding.callerSeen();
    if (seenAt.length === 0) await jest.advanceTimersByTimeAsync(50);
    expect(await restOf(yielding, tookMs, seenAt)).toBe(expected);
  });
});

import { describe, expect, it } from '@jest/globals';
import { decideEnd } from './finish.js';
import { restAfter } from './dispatcher.js';
import type { PassResult } from './run-pass.js';

const result = (changes: Partial<PassResult>): PassResult => ({
  ...{ leads: true, settled: 0, sent: 0, finishedJobs: 0, ended: { COMPLETED: 0, FAILED: 0, CANCELLED: 0 } },
  ...{ running: 1, inFlight: 0, pending: 0, held: 0, ...changes },
});

describe('restAfter', () => {
  it('looks the sooner, the less is in flight', () => {
    expect(restAfter(result({ inFlight: 0 }))).toBe(50);
    expect(restAfter(result({ inFlight: 2000 }))).toBe(250);
    expect(restAfter(result({ inFlight: 22_000 }))).toBe(550);
  });
  it('looks seldom when there is nothing to do, or another instance does it', () => {
    expect(restAfter(result({ running: 0 }))).toBe(200);
    expect(restAfter(result({ leads: false }))).toBe(1000);
  });
});

describe('decideEnd', () => {
  const counts = { total: 3, completed: 3, failed: 0, cancelled: 0 };
  it('is COMPLETED only when every item is', () => {
    expect(decideEnd(counts)).toEqual({ status: 'COMPLETED', error: null });
  });
  it('tells how many failed', () => {
    expect(decideEnd({ ...counts, completed: 1, failed: 2 })).toMatchObject({
      status: 'COMPLETED_WITH_ERRORS',
      error: { code: 'BULK_ITEMS_FAILED', details: { total: 3, completed: 1, failed: 2, cancelled: 0 } },
    });
  });
  it('is CANCELLED when an item was, also where others failed', () => {
    expect(decideEnd({ ...counts, completed: 1, failed: 1, cancelled: 1 })).toMatchObject({
      status: 'CANCELLED',
      error: { code: 'OPERATION_CANCELLED' },
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLanes } from './lanes.js';
import { createLedger } from './ledger.js';
import { draw, within } from './random.js';
import { takeSlot } from './rate-limit.js';
import { applyChange, newSim, refuseChange, viewSim } from './sims.js';
import { createTimers } from './timers.js';

describe('draw', () => {
  it('follows from the seed and the parts alone', () => {
    expect(draw(7, 'fault', 1, '8901')).toBe(draw(7, 'fault', 1, '8901'));
    const others = [draw(8, 'fault', 1, '8901'), draw(7, 'fault', 2, '8901'), draw(7, 'fault', 1, '8902')];
    expect(others).not.toContain(draw(7, 'fault', 1, '8901'));
  });

  it('is even', () => {
    const drawn = Array.from({ length: 10_000 }, (_, index) => draw(1, 'answer', index));
    for (const limit of [0.1, 0.5, 0.9]) {
      expect(drawn.filter((number) => number < limit).length / drawn.length).toBeCloseTo(limit, 1);
    }
  });

  it('takes each number of a range, and no other', () => {
    const drawn = Array.from({ length: 100 }, (_, index) => within({ min: 3, max: 5 }, draw(1, index)));
    expect(new Set(drawn)).toEqual(new Set([3, 4, 5]));
  });
});

describe('takeSlot', () => {
  it('never lets more through than the limit in any span, and says when the next is free', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 80 }), (pauses) => {
        const limit = { requests: 10, perMs: 1000 };
        const slots: number[] = [];
        const taken: number[] = [];
        let now = 0;
        for (const pause of pauses) {
          now += pause;
          const waitMs = takeSlot(slots, limit, now);
          if (waitMs === 0) taken.push(now);
          else expect(takeSlot([...slots], limit, now + waitMs)).toBe(0);
        }
        for (const start of taken) {
          expect(taken.filter((time) => time >= start && time < start + 1000).length).toBeLessThanOrEqual(10);
        }
      }),
    );
  });
});

describe('a SIM', () => {
  const now = new Date('2026-01-31T12:00:00Z');

  it('counts its changes', () => {
    const record = newSim('89000000000000000001');
    applyChange(record, { kind: 'status', value: 'ACTIVE' }, now);
    applyChange(record, { kind: 'account', value: 'A-2' }, now);
    applyChange(record, { kind: 'custom-properties', value: [{ name: 'colour', value: 'blue' }] }, now);
    expect(viewSim(record)).toEqual({
      iccid: '89000000000000000001',
      status: 'ACTIVE',
      account: 'A-2',
      customProperties: [{ name: 'colour', value: 'blue' }],
      version: 3,
      changedAt: '2026-01-31T12:00:00.000Z',
      pending: [],
    });
  });

  it('keeps status and account once it is TERMINATED', () => {
    const record = newSim('89000000000000000001', 'TERMINATED');
    expect(refuseChange(record, { kind: 'status', value: 'ACTIVE' })).toBe('SIM_TERMINATED');
    expect(refuseChange(record, { kind: 'account', value: 'TERMINATED' })).toBe('SIM_TERMINATED');
    expect(refuseChange(record, { kind: 'status', value: 'TERMINATED' })).toBeUndefined();
    expect(refuseChange(record, { kind: 'custom-properties', value: [] })).toBeUndefined();
  });
});

describe('the ledger', () => {
  const arrival = (idempotencyKey: string, platform = 'TMUS') => ({
    platform,
    iccid: '89000000000000000001',
    idempotencyKey,
    reference: null,
    change: { kind: 'account', value: 'A' } as const,
  });
  const all = { repeated: false, after: 0, limit: 100 };

  it('has one entry for each platform and key', () => {
    const ledger = createLedger();
    for (const key of ['one', 'two', 'one']) ledger.receive(arrival(key));
    ledger.receive(arrival('one', 'IOTA')).effects = 2;
    const keys = ledger.list(all).map(({ platform, idempotencyKey, received }) => [platform, idempotencyKey, received]);
    expect(keys).toEqual([
      ['TMUS', 'one', 2],
      ['TMUS', 'two', 1],
      ['IOTA', 'one', 1],
    ]);
    expect(ledger.list({ ...all, platform: 'TMUS', after: 1 })).toHaveLength(1);
    expect(ledger.list({ ...all, repeated: true })).toMatchObject([{ platform: 'IOTA' }]);
  });

  it('forgets the oldest', () => {
    const ledger = createLedger(2);
    for (const key of ['one', 'two', 'three']) ledger.receive(arrival(key));
    expect(ledger.list(all).map(({ idempotencyKey }) => idempotencyKey)).toEqual(['two', 'three']);
  });
});

describe('lanes', () => {
  it('run as many actions at a time as there are, in order, also past one that fails', async () => {
    const run = createLanes(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const done = [0, 1, 2, 3].map((index) =>
      run(() => {
        begun.push(index);
        if (index === 1) return Promise.reject(new Error('fails'));
        return new Promise<void>((resolve) => ends.push(resolve));
      }),
    );
    await expect(done[1]).rejects.toThrow('fails');
    expect(begun).toEqual([0, 1, 2]);
    ends[0]?.();
    await done[0];
    expect(begun).toEqual([0, 1, 2, 3]);
  });
});

describe('timers', () => {
  it('end all waits at once', async () => {
    const timers = createTimers();
    const waits = [timers.wait(3_600_000), timers.wait(7_200_000)];
    timers.end();
    await Promise.all([...waits, timers.wait(3_600_000)]);
    expect(timers.ended).toBe(true);
  });
});

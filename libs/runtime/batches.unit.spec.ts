import { describe, expect, it } from '@jest/globals';
import { setImmediate as others } from 'node:timers/promises';
import { inBatches, type BatchLimits } from './batches.js';

/** Batches that run until they are told to end, each with ten times its items as results. */
function heldBatches(limits: Partial<BatchLimits> = {}) {
  const held: { items: number[]; end: () => void; fail: (error: Error) => void }[] = [];
  const add = inBatches<number, number>(
    (items) =>
      new Promise((resolve, reject) => {
        held.push({ items, end: () => resolve(items.map((item) => item * 10)), fail: reject });
      }),
    { atOnce: 1, largest: 3, waiting: 100, ...limits },
  );
  return { held, add };
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await others();
};

describe('batches', () => {
  it('wait for company where they are to gather', async () => {
    const { held, add } = heldBatches({ gatherMs: 1000 });
    const first = add(1);
    await settled();
    const all = [first, add(2)];
    while (held.length === 0) await others();
    expect(held.map(({ items }) => items)).toEqual([[1, 2]]);
    held[0]?.end();
    expect(await Promise.all(all)).toEqual([10, 20]);
  });

  it('hold what came while the one before was under way, up to the largest', async () => {
    const { held, add } = heldBatches();
    const first = add(1);
    await settled();
    const later = [2, 3, 4, 5].map(add);
    await settled();
    expect(held.map(({ items }) => items)).toEqual([[1]]);
    held[0]?.end();
    await settled();
    held[1]?.end();
    await settled();
    expect(held.map(({ items }) => items)).toEqual([[1], [2, 3, 4], [5]]);
    held[2]?.end();
    expect(await Promise.all([first, ...later])).toEqual([10, 20, 30, 40, 50]);
  });

  it('run beside one another, so that one that waits for a row does not hold up the next', async () => {
    const { held, add } = heldBatches({ atOnce: 2 });
    const stuck = add(1);
    await settled();
    const other = add(2);
    await settled();
    held[1]?.end();
    expect(await other).toBe(20);
    held[0]?.end();
    expect(await stuck).toBe(10);
  });

  it('go on after one that failed, and refuse what is too much', async () => {
    const { held, add } = heldBatches({ waiting: 1 });
    const failing = add(1);
    await settled();
    const next = add(2);
    await expect(add(3)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    held[0]?.fail(new Error('broken'));
    await expect(failing).rejects.toThrow('broken');
    await settled();
    held[1]?.end();
    expect(await next).toBe(20);
  });
});

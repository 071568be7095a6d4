import { describe, expect, it } from '@jest/globals';
import { combineSlices } from './combine.js';
import type { KafkaRecord } from './record.js';

const slice = (partition: number, size: number): KafkaRecord[] =>
  Array.from({ length: size }, (_, index) => ({
    ...{ topic: 't', partition, offset: BigInt(index), key: null, value: null, headers: {}, timestamp: 0 },
  }));

/** Records which partitions each call had; fails when `poison` is among them. */
function recorder(poison?: number): { calls: number[][]; handle: (records: KafkaRecord[]) => Promise<void> } {
  const calls: number[][] = [];
  return {
    calls,
    handle: (records) => {
      const partitions = [...new Set(records.map((record) => record.partition))];
      calls.push(partitions);
      return poison !== undefined && partitions.includes(poison)
        ? Promise.reject(new Error('poison'))
        : Promise.resolve();
    },
  };
}

describe('combineSlices', () => {
  it('handles slices that come together in one call', async () => {
    const { calls, handle } = recorder();
    const combined = combineSlices(handle, { maxRecords: () => 100, parallel: 1 });
    await Promise.all([combined(slice(0, 10)), combined(slice(1, 10)), combined(slice(2, 10))]);
    await combined(slice(3, 10));
    expect(calls).toEqual([[0, 1, 2], [3]]);
  });

  it('keeps to the largest size, but for a slice that is larger alone', async () => {
    const { calls, handle } = recorder();
    const combined = combineSlices(handle, { maxRecords: () => 20, parallel: 1 });
    await Promise.all([combined(slice(0, 30)), combined(slice(1, 10)), combined(slice(2, 10)), combined(slice(3, 1))]);
    expect(calls).toEqual([[0], [1, 2], [3]]);
  });

  it('rests after each call, failed or not, before the next', async () => {
    const { calls, handle } = recorder(1);
    const seen: number[] = [];
    const rest = (tookMs: number): Promise<void> => {
      expect(tookMs).toBeGreaterThanOrEqual(0);
      seen.push(calls.length);
      return Promise.resolve();
    };
    const combined = combineSlices(handle, { maxRecords: () => 10, parallel: 1, rest });
    const ends = await Promise.allSettled([0, 1, 2].map((partition) => combined(slice(partition, 10))));
    expect(ends.map((end) => end.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await new Promise(setImmediate);
    expect(calls).toEqual([[0], [1], [2]]);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('lets a failure count for the slice it belongs to alone', async () => {
    const { calls, handle } = recorder(1);
    const combined = combineSlices(handle, { maxRecords: () => 100, parallel: 1 });
    const ends = await Promise.allSettled([0, 1, 2].map((partition) => combined(slice(partition, 5))));
    expect(ends.map((end) => end.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(calls).toEqual([[0, 1, 2], [0], [1], [2]]);
  });

  it('has a partition in trouble wait alone, until it goes well again', async () => {
    let isPoisoned = true;
    const calls: number[][] = [];
    const combined = combineSlices(
      (records) => {
        const partitions = [...new Set(records.map((record) => record.partition))];
        calls.push(partitions);
        return isPoisoned && partitions.includes(1) ? Promise.reject(new Error('poison')) : Promise.resolve();
      },
      { maxRecords: () => 100, parallel: 1 },
    );
    const together = () => Promise.allSettled([0, 1, 2].map((partition) => combined(slice(partition, 5))));
    await together();
    calls.length = 0;
    await together();
    expect(calls).toEqual([[1], [0, 2]]);
    isPoisoned = false;
    await together();
    calls.length = 0;
    await together();
    expect(calls).toEqual([[0, 1, 2]]);
  });

  it('has as many calls under way as it may', async () => {
    let underWay = 0;
    let most = 0;
    const slow = async (): Promise<void> => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise(setImmediate);
      underWay -= 1;
    };
    const combined = combineSlices(slow, { maxRecords: () => 5, parallel: 2 });
    await Promise.all([0, 1, 2, 3].map((partition) => combined(slice(partition, 5))));
    expect(most).toBe(2);
  });
});

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
    const combined = combineSlices(handle, 100);
    await Promise.all([combined(slice(0, 10)), combined(slice(1, 10)), combined(slice(2, 10))]);
    await combined(slice(3, 10));
    expect(calls).toEqual([[0, 1, 2], [3]]);
  });

  it('keeps to the largest size, but for a slice that is larger alone', async () => {
    const { calls, handle } = recorder();
    const combined = combineSlices(handle, 20);
    await Promise.all([combined(slice(0, 30)), combined(slice(1, 10)), combined(slice(2, 10)), combined(slice(3, 1))]);
    expect(calls).toEqual([[0], [1, 2], [3]]);
  });

  it('lets a failure count for the slice it belongs to alone', async () => {
    const { calls, handle } = recorder(1);
    const combined = combineSlices(handle, 100);
    const ends = await Promise.allSettled([0, 1, 2].map((partition) => combined(slice(partition, 5))));
    expect(ends.map((end) => end.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(calls).toEqual([[0, 1, 2], [0], [1], [2]]);
  });
});

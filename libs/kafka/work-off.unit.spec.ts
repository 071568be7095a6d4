import { describe, expect, it } from '@jest/globals';
import { SimyardError, type ErrorCode } from '#libs/errors';
import type { KafkaRecord } from './record.js';
import { createWorkOff, type Progress } from './work-off.js';

const records = (count: number): KafkaRecord[] =>
  Array.from({ length: count }, (_, index) => ({
    topic: 't',
    partition: 0,
    offset: BigInt(index),
    key: null,
    value: null,
    headers: {},
    timestamp: 0,
  }));

/** Works off until nothing is left, as the consumer does after each pause. */
async function run(failing: Map<number, { code: ErrorCode; times: number }>, retryAttempts = 3) {
  const handled: number[] = [];
  const deadLettered: number[] = [];
  const progresses: Progress[] = [];
  const workOff = createWorkOff({
    retryAttempts,
    handle: (batch) => {
      const offsets = batch.map(({ offset }) => Number(offset));
      const culprit = offsets.map((offset) => failing.get(offset)).find((fault) => fault && fault.times > 0);
      if (culprit) {
        if (batch.length === 1) culprit.times -= 1;
        return Promise.reject(new SimyardError(culprit.code));
      }
      handled.push(...offsets);
      return Promise.resolve();
    },
    deadLetter: ({ offset }) => {
      deadLettered.push(Number(offset));
      return Promise.resolve();
    },
    onError: () => undefined,
  });
  for (let left = records(20); left.length > 0; left = left.slice(progresses.at(-1)?.handled)) {
    progresses.push(await workOff(left));
  }
  return { handled, deadLettered, pauses: progresses.map(({ pauseMs }) => pauseMs).filter((ms) => ms !== undefined) };
}

const all = Array.from({ length: 20 }, (_, index) => index);

describe('working off a slice', () => {
  it('handles all at once when nothing fails', async () => {
    expect(await run(new Map())).toEqual({ handled: all, deadLettered: [], pauses: [] });
  });

  it('goes on in order after a culprit that is handled in the end', async () => {
    const { handled, deadLettered, pauses } = await run(new Map([[7, { code: 'INTERNAL_ERROR', times: 2 }]]));
    expect(handled).toEqual(all);
    expect(deadLettered).toEqual([]);
    expect(pauses).toEqual([200, 400]);
  });

  it('gives up each culprit alone, after its attempts', async () => {
    const faults = new Map([3, 4, 19].map((offset) => [offset, { code: 'INTERNAL_ERROR' as const, times: 99 }]));
    const { handled, deadLettered } = await run(faults);
    expect(deadLettered).toEqual([3, 4, 19]);
    expect(handled).toEqual(all.filter((offset) => !faults.has(offset)));
  });

  it('never gives up a record that keeps meeting another transaction', async () => {
    const { handled, deadLettered } = await run(new Map([[0, { code: 'CONCURRENT_CHANGE', times: 30 }]]));
    expect(handled).toEqual(all);
    expect(deadLettered).toEqual([]);
  });

  it('gives up at once what no attempt can help', async () => {
    const { deadLettered, pauses } = await run(new Map([[5, { code: 'MESSAGE_DATA_INVALID', times: 1 }]]));
    expect(deadLettered).toEqual([5]);
    expect(pauses).toEqual([]);
  });
});

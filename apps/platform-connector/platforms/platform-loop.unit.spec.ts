import { afterEach, describe, expect, it } from '@jest/globals';
import { setImmediate as others } from 'node:timers/promises';
import type { ClaimedRequest, Step, TakenStep } from '#libs/platforms';
import { createLogger, type Loop } from '#libs/runtime';
import { eventually } from '#libs/testing';
import { againIn, claimed } from '../testing/claimed.js';
import { startPlatformLoop } from './platform-loop.js';

const log = createLogger('spec', 'silent');
const loops: Loop[] = [];

afterEach(() => Promise.all(loops.splice(0).map((loop) => loop.stop())));

/** A loop of a platform with room for three, whose calls end when the test says so. */
function startLoopWith(waiting: ClaimedRequest[], options: { record?: (taken: TakenStep) => Promise<void> } = {}) {
  const asked: number[] = [];
  const recorded: TakenStep[] = [];
  const calls = new Map<string, (step: Step | undefined) => void>();
  const loop = startPlatformLoop({
    platform: { name: 'JASPER', concurrency: 3 },
    claim: (limit) => {
      asked.push(limit);
      return Promise.resolve(waiting.splice(0, limit));
    },
    carryOut: ({ operationId }) => new Promise((resolve) => calls.set(operationId, resolve)),
    record: options.record ?? ((taken) => Promise.resolve(void recorded.push(taken))),
    log,
  });
  loops.push(loop);
  const end = ({ operationId }: ClaimedRequest, step?: Step) => {
    calls.get(operationId)?.(step);
    calls.delete(operationId);
  };
  return { loop, asked, recorded, calls, end };
}

/** Long enough for a pass that was woken. */
async function pass(): Promise<void> {
  for (let round = 0; round < 10; round += 1) await others();
}

describe('the loop of a platform', () => {
  it('has as many calls under way as there is room for, and claims for those that end', async () => {
    const requests = Array.from({ length: 5 }, () => claimed());
    const { loop, asked, recorded, calls, end } = startLoopWith([...requests]);
    await eventually(() => expect(calls.size).toBe(3));
    loop.wake();
    await pass();
    expect(asked).toEqual([3]);
    end(requests[0]!, againIn(requests[0]!, 60_000));
    end(requests[1]!, againIn(requests[1]!, 60_000));
    await eventually(() => expect([...calls.keys()]).toEqual(requests.slice(2).map((one) => one.operationId)));
    expect(asked).toEqual([3, 2]);
    expect(recorded.map(({ claim }) => claim)).toEqual(requests.slice(0, 2));
    for (const request of requests.slice(2)) end(request);
  });

  it('claims nothing while the platform’s limit is used up', async () => {
    const [first, second] = [claimed(), claimed()];
    const waiting = [first];
    const { loop, asked, recorded, end, calls } = startLoopWith(waiting);
    await eventually(() => expect(calls.size).toBe(1));
    end(first, againIn(first, 60_000, true));
    await eventually(() => expect(recorded).toHaveLength(1));
    waiting.push(second);
    const before = asked.length;
    loop.wake();
    await pass();
    expect(asked).toHaveLength(before);
  });

  it('records nothing of a claim that was over before the call', async () => {
    const request = claimed();
    const { recorded, end, calls, loop } = startLoopWith([request]);
    await eventually(() => expect(calls.size).toBe(1));
    end(request, undefined);
    await loop.stop();
    expect(recorded).toEqual([]);
  });

  it('lets calls end when it is stopped, and records what they said', async () => {
    const request = claimed();
    const { recorded, end, calls, loop } = startLoopWith([request]);
    await eventually(() => expect(calls.size).toBe(1));
    const stopped = loop.stop();
    end(request, againIn(request, 1000));
    await stopped;
    expect(recorded).toHaveLength(1);
  });

  it('keeps an answer that could not be recorded for as long as its claim lasts', async () => {
    const [kept, lost] = [claimed(), claimed({ claimedUntil: new Date() })];
    let attempts = 0;
    const recorded: string[] = [];
    const record = ({ claim }: TakenStep) => {
      attempts += 1;
      if (attempts <= 2) return Promise.reject(new Error('Postgres is away'));
      recorded.push(claim.operationId);
      return Promise.resolve();
    };
    const { end, calls, loop } = startLoopWith([kept, lost], { record });
    await eventually(() => expect(calls.size).toBe(2));
    end(kept, againIn(kept, 1000));
    end(lost, againIn(lost, 1000));
    await eventually(() => expect(recorded).toEqual([kept.operationId]));
    await loop.stop();
    expect(attempts).toBe(3);
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import { setImmediate as others } from 'node:timers/promises';
import type { ClaimedRequest, Step, TakenStep } from '#libs/platforms';
import type { Tx } from '#libs/postgres';
import { createLogger, type Loop } from '#libs/runtime';
import { eventually } from '#libs/testing';
import { againIn, claimed } from '../testing/claimed.js';
import { startPlatformLoop } from './platform-loop.js';

const log = createLogger('spec', 'silent');
const loops: Loop[] = [];
const refused = () => Promise.reject(new Error('was asked'));
const tx: Tx = { query: refused, execute: refused, write: refused };

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

  it('claims in a transaction, and calls once that is committed', async () => {
    const [first, second, third] = [claimed(), claimed(), claimed()];
    const waiting: ClaimedRequest[] = [];
    const { loop, asked, calls, end } = startLoopWith(waiting);
    await eventually(() => expect(asked).toEqual([3]));
    waiting.push(first);
    const claim = await loop.claimIn(tx);
    await pass();
    expect(calls.size).toBe(0);
    claim.begin();
    await eventually(() => expect([...calls.keys()]).toEqual([first.operationId]));
    waiting.push(second);
    const dropped = await loop.claimIn(tx);
    dropped.drop();
    waiting.push(third);
    (await loop.claimIn(tx)).begin();
    await eventually(() => expect([...calls.keys()]).toEqual([first.operationId, third.operationId]));
    expect(asked).toEqual([3, 3, 2, 2]);
    for (const request of [first, third]) end(request);
  });

  it('keeps the room of a claim that is not committed yet, and claims for who was turned away meanwhile', async () => {
    const [first, second] = [claimed(), claimed()];
    const waiting: ClaimedRequest[] = [];
    const { loop, asked, calls, end } = startLoopWith(waiting);
    await eventually(() => expect(asked).toEqual([3]));
    waiting.push(first);
    const claim = await loop.claimIn(tx);
    waiting.push(second);
    loop.wake();
    (await loop.claimIn(tx)).begin();
    await pass();
    expect(asked).toEqual([3, 3]);
    claim.begin();
    await eventually(() => expect([...calls.keys()]).toEqual([first.operationId, second.operationId]));
    expect(asked).toEqual([3, 3, 2]);
    for (const request of [first, second]) end(request);
  });

  it('is stopped when a claim under way has begun, and ended', async () => {
    const request = claimed();
    const waiting: ClaimedRequest[] = [];
    const { loop, asked, recorded, calls, end } = startLoopWith(waiting);
    await eventually(() => expect(asked).toEqual([3]));
    waiting.push(request);
    const claim = await loop.claimIn(tx);
    const stopped = loop.stop();
    await pass();
    claim.begin();
    await eventually(() => expect(calls.size).toBe(1));
    end(request, againIn(request, 1000));
    await stopped;
    expect(recorded).toHaveLength(1);
  });

  it('gives room back when a claim fails', async () => {
    const asked: number[] = [];
    const broken = startPlatformLoop({
      ...{ platform: { name: 'JASPER', concurrency: 3 }, log },
      claim: (limit, inside) => {
        asked.push(limit);
        return inside ? Promise.reject(new Error('Postgres is away')) : Promise.resolve([]);
      },
      carryOut: () => Promise.resolve(undefined),
      record: () => Promise.resolve(),
    });
    loops.push(broken);
    for (let n = 0; n < 2; n += 1) await expect(broken.claimIn(tx)).rejects.toThrow('Postgres is away');
    expect(asked).toEqual(asked.map(() => 3));
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

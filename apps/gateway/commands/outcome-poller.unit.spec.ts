import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { SimyardError } from '#libs/errors';
import type { OperationAnswer } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import { createOutcomePoller } from './outcome-poller.js';

const answer = (operationId: string): OperationAnswer => ({
  ...{ operationId, status: 'COMPLETED', correlationId: 'c', businessTransactionId: null },
  ...{ response: {}, error: null },
});

const [a, b, c] = ['a', 'b', 'c'].map((digit) => `00000000-0000-7000-8000-00000000000${digit}`) as [
  string,
  string,
  string,
];

/** Answers the queries one after the other; the last answer stays. `asked` has the smallest and the largest id of each. */
function scripted(...answers: (() => OperationAnswer[])[]): { tx: Tx; asked: unknown[][] } {
  const asked: unknown[][] = [];
  const query = (_: string, [, smallest, largest]: unknown[] = []): Promise<never> => {
    asked.push([smallest, largest]);
    const next = answers.length > 1 ? answers.shift() : answers[0];
    return new Promise((resolve) => resolve((next?.() ?? []) as never));
  };
  return { tx: { query, execute: () => Promise.resolve(0), write: () => Promise.resolve() }, asked };
}

describe('the outcome poller', () => {
  it('asks for all waiters at once, and no longer when all have their answer', async () => {
    const { tx, asked } = scripted(
      () => [],
      () => [answer(a)],
      () => [answer(b)],
    );
    const poller = createOutcomePoller(tx, pino({ level: 'silent' }));
    const waited = await Promise.all([a, a, b].map((id) => poller.wait(id, 10_000)));
    expect(waited.map((one) => one?.operationId)).toEqual([a, a, b]);
    expect(asked).toEqual([
      [a, b],
      [a, b],
      [b, b],
    ]);
    await poller.wait(c, 0);
    expect(await poller.wait(b, 10_000)).toMatchObject({ operationId: b });
  });

  it('gives nothing when the time is over, and goes on after an error', async () => {
    const failing = (): never => {
      throw new SimyardError('DATABASE_UNAVAILABLE');
    };
    const poller = createOutcomePoller(scripted(failing, () => [answer(a)]).tx, pino({ level: 'silent' }));
    const [early, late] = await Promise.all([poller.wait(a, 0), poller.wait(a, 10_000)]);
    expect([early, late?.operationId]).toEqual([undefined, a]);
  });
});

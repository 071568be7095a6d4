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

/** Answers the queries one after the other; the last answer stays. */
function scripted(...answers: (() => OperationAnswer[])[]): { tx: Tx; asked: string[][] } {
  const asked: string[][] = [];
  const query = (_: string, parameters: unknown[] = []): Promise<never> => {
    asked.push(parameters[0] as string[]);
    const next = answers.length > 1 ? answers.shift() : answers[0];
    return new Promise((resolve) => resolve((next?.() ?? []) as never));
  };
  return { tx: { query, execute: () => Promise.resolve(0), write: () => Promise.resolve() }, asked };
}

describe('the outcome poller', () => {
  it('asks for all waiters at once, and no longer when all have their answer', async () => {
    const { tx, asked } = scripted(
      () => [],
      () => [answer('a')],
      () => [answer('b')],
    );
    const poller = createOutcomePoller(tx, pino({ level: 'silent' }));
    const waited = await Promise.all(['a', 'a', 'b'].map((id) => poller.wait(id, 10_000)));
    expect(waited.map((one) => one?.operationId)).toEqual(['a', 'a', 'b']);
    expect(asked.at(-1)).toEqual(['b']);
    expect(asked).toHaveLength(3);
    await poller.wait('c', 0);
    expect(await poller.wait('b', 10_000)).toMatchObject({ operationId: 'b' });
  });

  it('gives nothing when the time is over, and goes on after an error', async () => {
    const failing = (): never => {
      throw new SimyardError('DATABASE_UNAVAILABLE');
    };
    const poller = createOutcomePoller(scripted(failing, () => [answer('a')]).tx, pino({ level: 'silent' }));
    const [early, late] = await Promise.all([poller.wait('a', 0), poller.wait('a', 10_000)]);
    expect([early, late?.operationId]).toEqual([undefined, 'a']);
  });
});

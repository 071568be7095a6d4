import { setTimeout as delay } from 'node:timers/promises';
import { readEnded, type OperationAnswer } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import { createAlarm, type Logger } from '#libs/runtime';

export interface OutcomePoller {
  /** an operation may have ended: look now */
  wake(): void;
  /** The operation's answer once it has ended; nothing when it has not within the time. */
  wait(operationId: string, timeoutMs: number): Promise<OperationAnswer | undefined>;
}

type Waiter = (answer: OperationAnswer | undefined) => void;

/** for what was not heard */
const pauseMs = 100;
/** What was asked for just now has not ended, and whoever ends it rings; what was asked for again may have. */
const firstPauseMs = 25;
const pauseAfterErrorMs = 250;

/**
 * One loop per process asks for all operations that callers wait for, and sleeps while there are none. It rests at
 * least as long as its query took, however often it is woken, so that many waiters do not keep a connection busy.
 */
export function createOutcomePoller(database: Tx, log: Logger): OutcomePoller {
  const waiting = new Map<string, Set<Waiter>>();
  let polling = false;
  const alarm = createAlarm();

  const poll = async (): Promise<void> => {
    polling = true;
    await alarm.within(firstPauseMs);
    while (waiting.size > 0) {
      const startedAt = performance.now();
      alarm.reset();
      const failed = await settleEnded().then(
        () => false,
        (error: unknown) => {
          log.warn({ err: error, waiting: waiting.size }, 'cannot look for ended operations, will go on');
          return true;
        },
      );
      await delay(failed ? pauseAfterErrorMs : performance.now() - startedAt);
      await alarm.within(pauseMs);
    }
    polling = false;
  };

  const settleEnded = async (): Promise<void> => {
    for (const answer of await readEnded(database, [...waiting.keys()])) {
      for (const settle of waiting.get(answer.operationId) ?? []) settle(answer);
    }
  };

  return {
    wake: alarm.ring,
    wait: (operationId, timeoutMs) =>
      new Promise((resolve) => {
        const waiters = waiting.get(operationId) ?? new Set();
        waiting.set(operationId, waiters);
        const settle: Waiter = (answer) => {
          clearTimeout(timer);
          waiters.delete(settle);
          if (waiters.size === 0 && waiting.get(operationId) === waiters) waiting.delete(operationId);
          resolve(answer);
        };
        const timer = setTimeout(() => settle(undefined), timeoutMs);
        waiters.add(settle);
        if (!polling) void poll();
      }),
  };
}

import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  /** 10 seconds unless told. */
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

/**
 * Repeats `attempt` until it does not throw, and returns its result.
 * @throws the last attempt's own error when the time is over, so that a failing test shows the expectation that failed.
 */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  { timeoutMs = 10_000, intervalMs = 20 }: EventuallyOptions = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() >= deadline) throw error;
      await delay(intervalMs);
    }
  }
}

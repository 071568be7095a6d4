import { setTimeout as delay } from 'node:timers/promises';

export interface PollOptions {
  signal: AbortSignal;
  timeoutMs: number;
  intervalMs?: number;
}

/** Asks until there is an answer. Throws "Timed out: <what>" when the time is over, or the signal's reason. */
export async function poll<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  { signal, timeoutMs, intervalMs = 25 }: PollOptions,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`Timed out after ${timeoutMs / 1000} s: ${what}`);
    await delay(intervalMs);
  }
}

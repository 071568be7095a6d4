import { setTimeout as delay } from 'node:timers/promises';
import { asCliError } from './cli-error.js';

export interface PollOptions<T> {
  isEnded: (value: T) => boolean;
  onValue: (value: T) => void;
  /** the gateway does not answer for the moment */
  onAway: (since: number) => void;
  signal: AbortSignal;
}

const everyMs = 500;
/** So long a gateway may be away, e.g. while it is restarted. */
const patienceMs = 60_000;

/** Reads until what it reads has ended. Throws what `read` throws, or the signal's reason. */
export async function pollUntilEnded<T>(read: () => Promise<T>, options: PollOptions<T>): Promise<T> {
  const { isEnded, onValue, onAway, signal } = options;
  let awaySince: number | undefined;
  for (;;) {
    try {
      const value = await read();
      awaySince = undefined;
      onValue(value);
      if (isEnded(value)) return value;
    } catch (error) {
      signal.throwIfAborted();
      awaySince ??= performance.now();
      const away = performance.now() - awaySince;
      if (asCliError(error).reason !== 'unreachable' || away > patienceMs) throw error;
      onAway(away);
    }
    await delay(everyMs, undefined, { signal });
  }
}

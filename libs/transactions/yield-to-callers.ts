export interface YieldToCallers {
  /** A caller's command has come, or is done. */
  callerSeen: () => void;
  /** records that the other lane may take at once now */
  smallerBatch: () => number;
  /** To be awaited after each of the other lane's transactions, which took so long. */
  rest: (tookMs: number) => Promise<void>;
}

const callerRecentMs = 1000;
const recordsBesideCallers = 100;
const quietMs = 50;
const restPerWork = 3;
const longestRestMs = 1000;

/**
 * Both lanes share the event loop, and with all other services the database and often the processors. While callers wait on
 * the interactive one, the other lane's batches are small, so that a caller's command never waits behind a thousand, and after
 * each it rests until no caller was seen for 50 ms, but no longer than three times what the batch took: a stream of
 * callers leaves it a quarter of its time.
 */
export function yieldToCallers(batchSize: number): YieldToCallers {
  let lastSeenAt = -Infinity;
  return {
    callerSeen: () => {
      lastSeenAt = performance.now();
    },
    smallerBatch: () =>
      performance.now() - lastSeenAt < callerRecentMs ? Math.min(recordsBesideCallers, batchSize) : batchSize,
    rest: async (tookMs) => {
      const until = performance.now() + Math.min(restPerWork * tookMs, longestRestMs);
      for (let now = performance.now(); now < until; now = performance.now()) {
        const quietAt = lastSeenAt + quietMs;
        if (quietAt <= now) return;
        await new Promise((resolve) => setTimeout(resolve, Math.min(quietAt, until) - now));
      }
    },
  };
}

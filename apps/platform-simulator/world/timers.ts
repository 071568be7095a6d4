/** Waits that end early, all at once, when the world they belong to ends. */
export interface Timers {
  readonly ended: boolean;
  wait(ms: number): Promise<void>;
  end(): void;
}

export function createTimers(): Timers {
  const waiting = new Map<NodeJS.Timeout, () => void>();
  let ended = false;
  return {
    get ended() {
      return ended;
    },
    wait: (ms) => {
      if (ms <= 0 || ended) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiting.delete(timer);
          resolve();
        }, ms);
        waiting.set(timer, resolve);
      });
    },
    end: () => {
      ended = true;
      for (const [timer, resolve] of waiting) {
        clearTimeout(timer);
        resolve();
      }
      waiting.clear();
    },
  };
}

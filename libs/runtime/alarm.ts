/** A pause that ends when it is rung, also if that was before it began. */
export interface Alarm {
  ring: () => void;
  /** forgets what has rung */
  reset: () => void;
  /** Waits until it has rung since the last reset, for so long at most. */
  within: (ms: number) => Promise<void>;
}

export function createAlarm(): Alarm {
  let rung = false;
  let wakeUp: () => void = () => undefined;
  return {
    ring: () => {
      rung = true;
      wakeUp();
    },
    reset: () => {
      rung = false;
    },
    within: (ms) =>
      new Promise((resolve) => {
        if (rung) {
          resolve();
          return;
        }
        const timer = setTimeout(resolve, ms);
        wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}

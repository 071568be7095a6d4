import type { Logger } from './logger.js';

export interface LoopOptions {
  name: string;
  /** One pass; returns true when there may be more to do at once. Tested alone. */
  runOnce: (signal: AbortSignal) => Promise<boolean>;
  /** pause after a pass that found nothing, in ms; asked each time where it changes */
  idleMs: number | (() => number);
  /** pause after a pass that threw, in ms; doubles up to 30 times the idle pause */
  log: Logger;
}

export interface Loop {
  /** ends the current pause, so that new work is seen at once */
  wake(): void;
  /** false when the pass under way has neither ended nor failed for a minute: only a new process helps then */
  moving(): boolean;
  /** stops after the pass under way */
  stop(): Promise<void>;
}

const longestPauseAfterErrorMs = 5000;
const stuckAfterMs = 60_000;

/** The one shape of every background loop: pass after pass until stopped, a pause when idle, a longer one after an error. */
export function startLoop({ name, runOnce, idleMs, log }: LoopOptions): Loop {
  const abort = new AbortController();
  let wakeUp: () => void = () => undefined;
  let woken = false;
  let passSince: number | undefined;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      passSince = undefined;
      if (woken || abort.signal.aborted) {
        resolve();
        return;
      }
      const timer = setTimeout(resolve, ms);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async (): Promise<void> => {
    let errors = 0;
    const idle = typeof idleMs === 'number' ? () => idleMs : idleMs;
    while (!abort.signal.aborted) {
      woken = false;
      passSince = performance.now();
      try {
        const more = await runOnce(abort.signal);
        errors = 0;
        if (!more) await pause(idle());
      } catch (error) {
        errors += 1;
        log.error({ err: error, loop: name, errors }, 'background loop failed, will go on');
        await pause(Math.min(longestPauseAfterErrorMs, Math.max(idle(), 50) * 2 ** Math.min(errors, 10)));
      }
    }
  };

  const finished = run();
  const wake = (): void => {
    woken = true;
    wakeUp();
  };
  return {
    wake,
    moving: () => passSince === undefined || performance.now() - passSince < stuckAfterMs,
    stop: async () => {
      abort.abort();
      wakeUp();
      await finished;
    },
  };
}

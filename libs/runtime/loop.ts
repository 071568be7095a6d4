import { createAlarm } from './alarm.js';
import type { Logger } from './logger.js';

export interface LoopOptions {
  name: string;
  /** One pass; returns true when there may be more to do at once. Tested alone. */
  runOnce: (signal: AbortSignal) => Promise<boolean>;
  /** pause after a pass that found nothing, in ms */
  idleMs: number;
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
  const alarm = createAlarm();
  let passSince: number | undefined;

  const pause = (ms: number): Promise<void> => {
    passSince = undefined;
    return alarm.within(ms);
  };

  const run = async (): Promise<void> => {
    let errors = 0;
    while (!abort.signal.aborted) {
      alarm.reset();
      passSince = performance.now();
      try {
        const more = await runOnce(abort.signal);
        errors = 0;
        if (!more) await pause(idleMs);
      } catch (error) {
        errors += 1;
        log.error({ err: error, loop: name, errors }, 'background loop failed, will go on');
        await pause(Math.min(longestPauseAfterErrorMs, Math.max(idleMs, 50) * 2 ** Math.min(errors, 10)));
      }
    }
  };

  const finished = run();
  return {
    wake: alarm.ring,
    moving: () => passSince === undefined || performance.now() - passSince < stuckAfterMs,
    stop: async () => {
      abort.abort();
      alarm.ring();
      await finished;
    },
  };
}

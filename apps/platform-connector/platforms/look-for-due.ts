import { startLoop, type Logger, type Loop } from '#libs/runtime';
import { lookEveryMs } from './platform-loop.js';
import type { PlatformLoops } from './platform-loops.js';

/** Wakes the loops of platforms that have something due: one look for all of them. */
export const lookForDue = (
  readDue: (platforms: string[]) => Promise<string[]>,
  loops: Pick<PlatformLoops, 'names' | 'wake'>,
  log: Logger,
): Loop =>
  startLoop({
    name: 'due requests',
    log,
    idleMs: lookEveryMs,
    runOnce: async () => {
      loops.wake(await readDue(loops.names()));
      return false;
    },
  });

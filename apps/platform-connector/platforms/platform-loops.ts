import { isConnected, type PlatformConfig, type Platforms } from '#libs/platforms';
import type { Tx } from '#libs/postgres';
import { startLoop, type Logger } from '#libs/runtime';
import type { Claim, PlatformLoop } from './platform-loop.js';

export interface PlatformLoops {
  /** These have something to do; one that is not known yet is looked for. */
  wake: (platforms: string[]) => void;
  /** Claims for these in a transaction; to be begun after its commit, or dropped. */
  claimIn: (tx: Tx, platforms: string[]) => Promise<Claim>;
  /** those that have a loop */
  names: () => string[];
  moving: () => boolean;
  /** Lets what is under way end. */
  stop: () => Promise<void>;
}

interface Running {
  platform: PlatformConfig;
  loop: PlatformLoop;
}

const readEveryMs = 5000;

/**
 * Keeps a loop for each connected platform. One whose configuration has changed gets a new loop, one that is disconnected
 * loses its own; what the old one has under way ends. `start` may throw: it is tried again.
 */
export function keepPlatformLoops(
  readPlatforms: () => Promise<Platforms>,
  start: (platform: PlatformConfig) => PlatformLoop,
  log: Logger,
): PlatformLoops {
  const running = new Map<string, Running>();
  const ending = new Set<Promise<void>>();

  const end = (name: string, { loop }: Running): void => {
    running.delete(name);
    const ended = loop
      .stop()
      .catch((error: unknown) => log.error({ err: error, platform: name }, 'the loop of a platform did not end well'))
      .finally(() => ending.delete(ended));
    ending.add(ended);
  };
  const begin = (platform: PlatformConfig): void => {
    const { name } = platform;
    try {
      running.set(name, { platform, loop: start(platform) });
      log.info({ platform: name }, 'platform connected');
    } catch (error) {
      log.error({ err: error, platform: name }, 'platform cannot be called, will be tried again');
    }
  };
  const follow = async (): Promise<boolean> => {
    const platforms = await readPlatforms();
    for (const [name, one] of running) if (platforms.get(name) !== one.platform) end(name, one);
    for (const [name, platform] of platforms) if (isConnected(platform) && !running.has(name)) begin(platform);
    return false;
  };
  const follower = startLoop({ name: 'platforms', runOnce: follow, idleMs: readEveryMs, log });
  const wake = (platforms: string[]): void => {
    for (const name of platforms) (running.get(name)?.loop ?? follower).wake();
  };
  return {
    wake,
    claimIn: (tx, platforms) => {
      const unknown = (name: string): Claim => ({ begin: () => wake([name]), drop: () => undefined });
      return together(platforms, (name) => running.get(name)?.loop.claimIn(tx) ?? unknown(name));
    },
    names: () => [...running.keys()],
    moving: () => follower.moving() && [...running.values()].every(({ loop }) => loop.moving()),
    stop: async () => {
      await follower.stop();
      for (const [name, one] of running) end(name, one);
      await Promise.all(ending);
    },
  };
}

/** Claims one after the other, as a transaction does; all of them or none. */
async function together(platforms: string[], claimOf: (platform: string) => Claim | Promise<Claim>): Promise<Claim> {
  const claims: Claim[] = [];
  const drop = (): void => claims.forEach((claim) => claim.drop());
  try {
    for (const platform of platforms) claims.push(await claimOf(platform));
  } catch (error) {
    drop();
    throw error;
  }
  return { begin: () => claims.forEach((claim) => claim.begin()), drop };
}

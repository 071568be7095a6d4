import { setTimeout as delay } from 'node:timers/promises';
import type { Exit, ServiceName, ServiceProcess } from '#tools/stack/index';
import type { Random } from './random.js';
import type { Stack } from './stack.js';

export interface KillerOptions {
  stack: Stack;
  random: Random;
  /** the processes to begin with; each is followed by another one of its service when it has died */
  victims: ServiceProcess[];
  /**
   * failpoints of each service, and how often each is passed at most before the kill: at any moment first, then at each in
   * turn, by every other victim from the last one on
   */
  failpoints: Partial<Record<ServiceName, Record<string, number>>>;
  /** resolves when work has gone on since the call */
  untilGoneOn: (over: AbortSignal) => Promise<void>;
  /** whether there is work under way */
  isMidFlight: () => Promise<boolean>;
  /** told each process that is started */
  onStart: (process: ServiceProcess) => void;
}

export interface Kill {
  service: ServiceName;
  /** a failpoint, or `any` */
  moment: string;
  midFlight: boolean;
}

export interface Killer {
  /** Ends the killing, and leaves as many processes running as there were; tells what was killed. */
  stop(): Promise<Kill[]>;
}

/** Kills processes again and again, side by side, at failpoints and at any moment, each when work has gone on. */
export function startKiller(options: KillerOptions): Killer {
  const over = new AbortController();
  const ends = Promise.all(
    options.victims.map((victim, index) => {
      const points = Object.keys(options.failpoints[victim.name] ?? {});
      const moments = ['any', ...(index % 2 === 0 ? points : points.toReversed())];
      return killOn(options, victim, moments, over.signal);
    }),
  );
  // Reported by stop(); until then it must not end the process.
  ends.catch(() => undefined);
  return {
    stop: async () => {
      over.abort();
      return (await ends).flat();
    },
  };
}

async function killOn(
  options: KillerOptions,
  first: ServiceProcess,
  moments: string[],
  over: AbortSignal,
): Promise<Kill[]> {
  const { stack, random, failpoints, isMidFlight, onStart } = options;
  const service = first.name;
  const kills: Kill[] = [];
  let [victim, moment] = [first, 'any'];
  for (let exit = await death(options, victim, moment, over); exit; exit = await death(options, victim, moment, over)) {
    if (exit.signal !== 'SIGKILL') throw new Error(`${service} ended by itself: ${JSON.stringify(exit)}`);
    kills.push({ service, moment, midFlight: await isMidFlight() });
    moment = moments[kills.length % moments.length] ?? 'any';
    const mostHits = failpoints[service]?.[moment];
    const armed = mostHits === undefined ? {} : { SIMYARD_FAILPOINTS: `${moment}:${1 + random.int(mostHits)}` };
    victim = await stack.launch(service, armed);
    onStart(victim);
  }
  // It may be armed, and what is left to do is to be done by somebody.
  await victim.stop();
  onStart(await stack.start(service));
  return kills;
}

/** How the victim died; undefined when the killing was over before. */
async function death(
  { random, untilGoneOn }: KillerOptions,
  victim: ServiceProcess,
  moment: string,
  over: AbortSignal,
): Promise<Exit | undefined> {
  if (moment === 'any') {
    await untilGoneOn(over);
    await delay(random.int(1000));
    if (over.aborted) return undefined;
    victim.kill('SIGKILL');
  }
  return Promise.race([victim.ended, untilAborted(over)]);
}

const untilAborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });

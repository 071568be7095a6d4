import { startServiceProcess, type ServiceProcess, type ServiceProcessOptions } from './service-process.js';

/** A service that is started again when it dies. */
export interface KeptService {
  /** SIGTERM, and waits for the end of draining; it is not started again after that. */
  stop(): Promise<void>;
  /** SIGKILL, at once and for good. */
  kill(): Promise<void>;
}

export interface KeepRunningOptions extends ServiceProcessOptions {
  /** Told when it died and is started again, and when it is up again. */
  onRestart: (line: string) => void;
  /** It died too often: nothing is started any more. */
  onGivenUp: () => void;
  /** Told each new process id. */
  onPid: (pid: number) => void;
}

const deathsAllowed = 5;
const withinMs = 60_000;

/**
 * Starts a service, and starts it again whenever it dies, in whatever state it was; the fifth death within a minute is the
 * last. Resolves when the process is there, not when it is up. Give it an HTTP port, so that its URL stays the same.
 */
export async function keepRunning(options: KeepRunningOptions): Promise<KeptService> {
  const { name, onRestart, onGivenUp, onPid } = options;
  const diesTooOften = countDeaths();
  let stopping = false;
  let current = launch();
  await current;

  async function launch(): Promise<ServiceProcess> {
    const process = await startServiceProcess(options);
    onPid(process.pid);
    void process.ended.then(({ code, signal }) => {
      if (stopping) return;
      if (diesTooOften()) onGivenUp();
      else restart(signal ?? `code ${code ?? '?'}`);
    });
    return process;
  }

  function restart(why: string): void {
    onRestart(`${name} died (${why}) and is started again`);
    current = launch();
    void current
      .then((process) => process.up)
      .then(
        () => onRestart(`${name} is up again`),
        // It died before it was up, which is told as a death.
        () => undefined,
      );
  }

  return {
    stop: async () => {
      stopping = true;
      await (await current).stop();
    },
    kill: async () => {
      stopping = true;
      (await current).kill('SIGKILL');
    },
  };
}

/** A function to call at each death; it tells whether that was one too many. */
export function countDeaths(): () => boolean {
  const deaths: number[] = [];
  return () => {
    const now = performance.now();
    deaths.push(now);
    return deaths.filter((at) => at > now - withinMs).length >= deathsAllowed;
  };
}

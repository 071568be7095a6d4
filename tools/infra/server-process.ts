import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { watchOver } from './watchdog.js';
import { endOrphan } from './orphan.js';
import type { ServerControl, StopMode } from './infrastructure.js';
import type { CommandLine } from './unprivileged.js';
import { waitUntil } from './wait-until.js';

export interface ServerSpec {
  readonly name: string;
  readonly port: number;
  /** Appears in the command line, so that a process id found later can be told to be ours. */
  readonly dataDir: string;
  readonly command: CommandLine;
  /** User to run as; only root may name one. */
  readonly ids?: { readonly uid?: number; readonly gid?: number };
  readonly logFile: string;
  readonly pidFile: string;
  readonly signals: Readonly<Record<StopMode, NodeJS.Signals>>;
  readonly answers: () => Promise<boolean>;
  /** A log that matches says that the last run's remains are still in the way: try again. */
  readonly notYet?: RegExp;
}

const startTimeoutMs = 60_000;
const stopTimeoutMs = 20_000;

/** Control of one server process; nothing runs before `start`. */
export function controlServer(spec: ServerSpec): ServerControl {
  let running: Running | undefined;
  return {
    port: spec.port,
    pid: () => (running && isAlive(running.child) ? running.child.pid : undefined),
    async start() {
      if (running && isAlive(running.child)) return;
      await endOrphan(spec.pidFile, spec.dataDir, spec.signals);
      running = await launchUntilReady(spec);
    },
    async stop(mode) {
      if (running) await end(running, spec, mode);
      running = undefined;
    },
  };
}

interface Running {
  readonly child: ChildProcess;
  readonly release: () => void;
}

async function launchUntilReady(spec: ServerSpec): Promise<Running> {
  const deadline = performance.now() + startTimeoutMs;
  for (;;) {
    const running = await launch(spec);
    const left = deadline - performance.now();
    await waitUntil(async () => !isAlive(running.child) || (await spec.answers()), left);
    // A foreign server on this port would answer as well, so ours must be alive too.
    if (isAlive(running.child) && (await waitUntil(spec.answers, 1_000))) return running;
    await end(running, spec, 'immediate');
    const log = await readFile(spec.logFile, 'utf8');
    if (!spec.notYet?.test(log) || performance.now() > deadline) throw startError(spec, log);
  }
}

async function launch(spec: ServerSpec): Promise<Running> {
  const log = openSync(spec.logFile, 'w');
  try {
    const [program, ...args] = spec.command;
    const child = spawn(program, args, {
      stdio: ['ignore', log, log],
      // A session of its own: Ctrl-C in the terminal must not end the broker before the services that use it.
      detached: true,
      cwd: '/',
      ...spec.ids,
    });
    const pid = await spawned(child, spec);
    const release = watchOver(pid, spec.signals);
    child.once('exit', release);
    await writeFile(spec.pidFile, `${pid}\n`);
    return { child, release };
  } finally {
    closeSync(log);
  }
}

function spawned(child: ChildProcess, spec: ServerSpec): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(child.pid ?? 0));
    child.once('error', (cause) => reject(new Error(`Could not run ${spec.command[0]} (${spec.name})`, { cause })));
  });
}

async function end({ child, release }: Running, spec: ServerSpec, mode: StopMode): Promise<void> {
  if (isAlive(child)) child.kill(spec.signals[mode]);
  if (!(await waitUntil(() => !isAlive(child), stopTimeoutMs))) {
    child.kill('SIGKILL');
    await waitUntil(() => !isAlive(child), stopTimeoutMs);
  }
  release();
  await rm(spec.pidFile, { force: true });
}

const isAlive = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

function startError(spec: ServerSpec, log: string): Error {
  const tail = log.trimEnd().split('\n').slice(-15).join('\n');
  return new Error(`${spec.name} did not start on port ${spec.port}; the end of ${spec.logFile}:\n${tail}`);
}

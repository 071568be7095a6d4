import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectDir } from '../infra/project-dir.js';
import { watchOver } from '../infra/watchdog.js';

export type ServiceName =
  | 'gateway'
  | 'subscriber'
  | 'resource-swap'
  | 'bulk-jobs'
  | 'platform-connector'
  | 'monitor'
  | 'dwh-sink'
  // For development and tests only; needs neither Kafka nor Postgres.
  | 'platform-simulator';

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** One service as a process of its own, as it runs in production. */
export interface ServiceProcess {
  readonly name: ServiceName;
  readonly pid: number;
  /** Resolves with the service's URL when HTTP answers and its consumers have been started. */
  readonly up: Promise<string>;
  /** Resolves when the process has ended, however that came. */
  readonly ended: Promise<Exit>;
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL when draining takes longer than `timeoutMs`. */
  stop(timeoutMs?: number): Promise<Exit>;
}

export interface ServiceProcessOptions {
  name: ServiceName;
  environment: Record<string, string>;
  /** appended to */
  logFile: string;
}

/**
 * A batch leaves much garbage. V8 by default collects the old generation as soon as it has grown by half, which took half
 * of a consumer's CPU time; growing further between collections keeps a service under 300 MiB all the same.
 * deploy/Dockerfile sets the same.
 */
const memoryFlags = ['--max-semi-space-size=16', '--max-old-space-size=256', '--heap-growing-percent=140'];

const drainTimeoutMs = 30_000;

/** Starts `dist/apps/<name>/main.js`; its log goes to a file, and it ends when this process does, also by kill -9. */
export async function startServiceProcess(options: ServiceProcessOptions): Promise<ServiceProcess> {
  const { name, environment, logFile } = options;
  await mkdir(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile, { flags: 'a' });
  const child = spawn(process.execPath, [...memoryFlags, join(projectDir, 'dist/apps', name, 'main.js')], {
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A session of its own: Ctrl-C in the terminal is ours to pass on, in order.
    detached: true,
  });
  const release = watchOver(child.pid ?? 0, { graceful: 'SIGTERM', immediate: 'SIGKILL' });
  const ended = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => {
      release();
      log.end();
      resolve({ code, signal });
    });
  });
  return {
    name,
    pid: child.pid ?? 0,
    up: whenUp(child, log, ended, name),
    ended,
    kill: (signal) => void child.kill(signal),
    stop: (timeoutMs = drainTimeoutMs) => stop(child, ended, timeoutMs),
  };
}

function whenUp(child: ChildProcess, log: WriteStream, ended: Promise<Exit>, name: string): Promise<string> {
  const up = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        if (log.writable) log.write(`${line}\n`);
        const url = urlWhenUp(line);
        if (url !== undefined) resolve(url);
      });
    }
    void ended.then(({ code, signal }) => {
      reject(new Error(`${name} ended before it was up (${signal ?? `code ${code ?? '?'}`})`));
    });
  });
  // Whoever does not wait for it must not be ended by an unhandled rejection.
  up.catch(() => undefined);
  return up;
}

function urlWhenUp(line: string): string | undefined {
  if (!line.includes('"service is up"')) return undefined;
  const entry = JSON.parse(line) as { url?: string };
  return entry.url;
}

async function stop(child: ChildProcess, ended: Promise<Exit>, timeoutMs: number): Promise<Exit> {
  child.kill('SIGTERM');
  // A stopped process acts on SIGTERM only once it goes on.
  child.kill('SIGCONT');
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const exit = await ended;
  clearTimeout(timer);
  return exit;
}

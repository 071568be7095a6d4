import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { projectDir } from '../../infra/index.js';

export interface CliRun {
  status: number | null;
  stdout: string;
  stderr: string;
}

export type Environment = Record<string, string | undefined>;

/** Starts the built program, with nothing of our environment but the path. */
export function startCli(environment: Environment, args: string[]): { child: ChildProcess; ended: Promise<CliRun> } {
  const program = join(projectDir, 'dist/tools/cli/main.js');
  const env = { PATH: process.env['PATH'], ...environment };
  const child = spawn(process.execPath, [program, ...args], { env, stdio: 'pipe' });
  const output = (stream: Readable): Promise<string> => text(stream);
  const ended = Promise.all([output(child.stdout), output(child.stderr), once(child, 'exit')]).then(
    ([stdout, stderr, [status]]) => ({ stdout, stderr, status: status as number | null }),
  );
  return { child, ended };
}

/** Runs it to its end; `input` is its standard input. */
export async function runCli(environment: Environment, args: string[], input = ''): Promise<CliRun> {
  const { child, ended } = startCli(environment, args);
  // It may end before it has read what it is given.
  child.stdin?.on('error', () => undefined).end(input);
  return ended;
}

import { spawn } from 'node:child_process';
import type { StopMode } from './infrastructure.js';

/**
 * Waits for a line on its standard input. The line means "let it go"; the end of input without one means that the process
 * at the other end of the pipe has died, in whatever way, kill -9 included. Then it ends the server: first by the
 * graceful signal, after ten seconds for good.
 */
const script = `
trap '' HUP INT TERM
if read -r _; then exit 0; fi
kill -s "$2" "$1" 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do
  kill -0 "$1" 2>/dev/null || exit 0
  sleep 1
done
kill -s "$3" "$1" 2>/dev/null; sleep 1; kill -9 "$1" 2>/dev/null
`;

/**
 * Sees to it that a process does not outlive this one: a small shell holds the read end of a pipe whose only write end is
 * ours. (PR_SET_PDEATHSIG would do it without a process, but on Linux only, and it is lost when the user changes.)
 * @returns a function that ends the watch; call it when the process has ended.
 */
export function watchOver(pid: number, signals: Readonly<Record<StopMode, NodeJS.Signals>>): () => void {
  const names = [signals.graceful, signals.immediate].map((signal) => signal.replace('SIG', ''));
  const shell = spawn('/bin/sh', ['-c', script, 'simyard-watchdog', String(pid), ...names], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  shell.once('error', () => undefined);
  shell.stdin.once('error', () => undefined);
  shell.unref();
  let released = false;
  return () => {
    if (!released) shell.stdin.end('done\n');
    released = true;
  };
}

import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { StopMode } from './infrastructure.js';
import { waitUntil } from './wait-until.js';

const run = promisify(execFile);

/** Ends the server that an earlier, killed run left on this data directory, if its watchdog has not done so yet. */
export async function endOrphan(
  pidFile: string,
  dataDir: string,
  signals: Readonly<Record<StopMode, NodeJS.Signals>>,
): Promise<void> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => '0'));
  const isOurs = async () => (await commandLine(pid)).includes(dataDir);
  for (const signal of [signals.graceful, signals.immediate, 'SIGKILL'] as const) {
    if (!(await isOurs())) break;
    process.kill(pid, signal);
    await waitUntil(async () => !(await isOurs()), 10_000);
  }
  await rm(pidFile, { force: true });
}

/** The command line of a process, empty when there is none: a process id alone may belong to somebody else by now. */
export async function commandLine(pid: number): Promise<string> {
  if (!Number.isInteger(pid) || pid <= 0) return '';
  if (process.platform === 'linux') {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
  }
  return run('ps', ['-o', 'command=', '-p', String(pid)]).then(
    ({ stdout }) => stdout,
    () => '',
  );
}

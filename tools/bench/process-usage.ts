import { readFile } from 'node:fs/promises';

export interface ProcessUsage {
  /** user and system */
  cpuSeconds: number;
  /** highest resident set so far, MiB */
  peakMiB: number;
}

/** Linux counts CPU time in hundredths of a second. */
const ticksPerSecond = 100;

/** What a process has used since it began, from /proc. */
export async function usageOf(pid: number): Promise<ProcessUsage> {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ]);
  // Fields are counted after the program's name, which stands in brackets and may have spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const peak = /VmHWM:\s+(\d+) kB/.exec(status)?.[1];
  return { cpuSeconds: ticks / ticksPerSecond, peakMiB: Math.round(Number(peak ?? 0) / 1024) };
}

/** CPU seconds of a process and everything it has started, for servers of many processes. */
export async function cpuOfTree(pid: number): Promise<number> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')).trim();
  const own = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = own.slice(own.lastIndexOf(')') + 2).split(' ');
  // Its own time and that of children that have ended.
  const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index] ?? 0), 0);
  const rest = await Promise.all(
    children
      .split(' ')
      .filter(Boolean)
      .map((child) => cpuOfTree(Number(child))),
  );
  return ticks / ticksPerSecond + rest.reduce((sum, seconds) => sum + seconds, 0);
}

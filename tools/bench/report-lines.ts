import type { Latency } from './latency.js';
import type { Usage } from './usage.js';

export const count = (value: number): string => Math.round(value).toLocaleString('en');
export const named = (name: string, text: string): string => `${name.padEnd(44)}${text}`;
export const times = ({ p50Ms, p95Ms, p99Ms, maxMs }: Latency): string =>
  `p50 ${p50Ms} ms, p95 ${p95Ms} ms, p99 ${p99Ms} ms, max ${maxMs} ms`;

export function usageLines(what: string, done: number, usage: Usage): string[] {
  const rows = Object.entries(usage).map(([name, { cpuSeconds, peakMiB }]) => {
    const each = Math.round((cpuSeconds * 1e6) / done);
    return `${name.padEnd(14)}${cpuSeconds.toFixed(1).padStart(7)}${String(each).padStart(17)}${String(peakMiB ?? '').padStart(11)}`;
  });
  return ['', `process         CPU s${`µs per ${what}`.padStart(17)}   peak MiB`, ...rows];
}

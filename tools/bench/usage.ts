import type { ServiceProcess } from '../stack/index.js';
import { cpuOfTree, usageOf } from './process-usage.js';
import type { BenchStack } from './stack.js';

/** CPU seconds by process during a run; peak memory of services in MiB. */
export type Usage = Record<string, { cpuSeconds: number; peakMiB?: number }>;

/** Begins to count, for services, broker and database; the function that it returns tells what was used since. */
export async function countUsage(stack: BenchStack, services: ServiceProcess[]): Promise<() => Promise<Usage>> {
  const before = await cpuSecondsNow(stack, services);
  return async () => {
    const usage: Usage = {};
    for (const [name, cpuSeconds] of Object.entries(await cpuSecondsNow(stack, services))) {
      usage[name] = { cpuSeconds: cpuSeconds - (before[name] ?? 0) };
    }
    for (const { name, pid } of services) {
      usage[name] = { cpuSeconds: 0, ...usage[name], peakMiB: (await usageOf(pid)).peakMiB };
    }
    return usage;
  };
}

async function cpuSecondsNow(stack: BenchStack, services: ServiceProcess[]): Promise<Record<string, number>> {
  const { kafka, postgres } = stack.infrastructure;
  const result: Record<string, number> = {};
  for (const service of services) result[service.name] = (await usageOf(service.pid)).cpuSeconds;
  for (const [name, pid] of Object.entries({ kafka: kafka?.pid(), postgres: postgres?.pid() })) {
    if (pid !== undefined) result[name] = await cpuOfTree(pid);
  }
  const { user, system } = process.cpuUsage();
  result['bench itself'] = (user + system) / 1e6;
  return result;
}

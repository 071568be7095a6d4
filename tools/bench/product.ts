import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceProcess } from '../stack/index.js';
import { preloadSwaps } from './preload.js';
import { cpuOfTree, usageOf } from './process-usage.js';
import type { BenchStack } from './stack.js';

export interface ProductResult {
  commands: number;
  seconds: number;
  perSecond: number;
  /** CPU seconds by process during the run; peak memory of services in MiB */
  usage: Record<string, { cpuSeconds: number; peakMiB?: number }>;
}

/**
 * The product: preloaded swap commands → state → events → rows of the warehouse, by the real service processes. Timed
 * from when the services are up (their consumers then join their groups) to when the last row is stored.
 */
export async function measureProduct(stack: BenchStack, commands: number, round = 0): Promise<ProductResult> {
  await preloadSwaps(stack.client, commands, round);
  const before = await stack.storedChanges();
  const services = await stack.start(['dwh-sink', 'subscriber', 'monitor', 'gateway', 'resource-swap']);
  const cpuBefore = await cpuSecondsNow(stack, services);
  const startedAt = performance.now();
  await untilStored(stack, before + commands);
  const seconds = (performance.now() - startedAt) / 1000;
  const usage = await usageSince(stack, services, cpuBefore);
  await stack.stopServices();
  return { commands, seconds, perSecond: commands / seconds, usage };
}

const giveUpAfterMs = 600_000;

/** Waits until the warehouse has so many changes. */
export async function untilStored(stack: BenchStack, wanted: number): Promise<void> {
  const deadline = performance.now() + giveUpAfterMs;
  for (let stored = -1; stored < wanted;) {
    if (performance.now() > deadline) throw new Error(`Only ${stored} of ${wanted} changes were stored in ten minutes`);
    await delay(100);
    stored = await stack.storedChanges();
  }
}

async function cpuSecondsNow(stack: BenchStack, services: ServiceProcess[]): Promise<Record<string, number>> {
  const { kafka, postgres } = stack.infrastructure;
  const result: Record<string, number> = {};
  for (const service of services) result[service.name] = (await usageOf(service.pid)).cpuSeconds;
  for (const [name, pid] of Object.entries({ kafka: kafka?.pid(), postgres: postgres?.pid() })) {
    if (pid !== undefined) result[name] = await cpuOfTree(pid);
  }
  return result;
}

async function usageSince(
  stack: BenchStack,
  services: ServiceProcess[],
  before: Record<string, number>,
): Promise<ProductResult['usage']> {
  const usage: ProductResult['usage'] = {};
  for (const [name, cpuSeconds] of Object.entries(await cpuSecondsNow(stack, services))) {
    usage[name] = { cpuSeconds: cpuSeconds - (before[name] ?? 0) };
  }
  for (const service of services) {
    usage[service.name] = { cpuSeconds: 0, ...usage[service.name], peakMiB: (await usageOf(service.pid)).peakMiB };
  }
  return usage;
}

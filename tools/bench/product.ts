import { setTimeout as delay } from 'node:timers/promises';
import { preloadSwaps } from './preload.js';
import type { BenchStack } from './stack.js';
import { countUsage, type Usage } from './usage.js';

export interface ProductResult {
  commands: number;
  seconds: number;
  perSecond: number;
  usage: Usage;
}

/**
 * The product: preloaded swap commands → state → events → rows of the warehouse, by the real service processes. Timed
 * from when the services are up (their consumers then join their groups) to when the last row is stored.
 */
export async function measureProduct(stack: BenchStack, commands: number, round = 0): Promise<ProductResult> {
  await preloadSwaps(stack.client, commands, round);
  const before = await stack.storedChanges();
  const services = await stack.start(['dwh-sink', 'subscriber', 'monitor', 'gateway', 'resource-swap']);
  const used = await countUsage(stack, services);
  const startedAt = performance.now();
  await untilStored(stack, before + commands);
  const seconds = (performance.now() - startedAt) / 1000;
  const usage = await used();
  await stack.stopServices();
  return { commands, seconds, perSecond: commands / seconds, usage };
}

const giveUpAfterMs = 120_000;

/** Waits until the warehouse has so many changes, of a type of business transaction if told; gives up when none comes for long. */
export async function untilStored(stack: BenchStack, wanted: number, type?: string): Promise<void> {
  let movedAt = performance.now();
  for (let stored = -1; stored < wanted;) {
    if (performance.now() > movedAt + giveUpAfterMs) {
      throw new Error(`Only ${stored} of ${wanted} changes were stored, and none for two minutes`);
    }
    await delay(100);
    const now = await stack.storedChanges(type);
    if (now > stored) movedAt = performance.now();
    stored = now;
  }
}

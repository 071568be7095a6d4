import { setTimeout as delay } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { call, ok } from './http.js';
import { latencyOf, type Latency } from './latency.js';
import { swapData } from './preload.js';
import type { BenchStack } from './stack.js';

export interface RestResult extends Latency {
  requests: number;
  /** answers other than 200 */
  failures: number;
}

/**
 * Swaps by REST at a fixed rate, each timed from when it was due, so that a slow answer does not delay the next one's
 * clock. Subscribers from `firstSubscriber` on, each once.
 */
export async function measureRest(
  stack: BenchStack,
  gatewayUrl: string,
  load: { perSecond: number; requests: number; firstSubscriber: number; round: number },
): Promise<RestResult> {
  const startAt = performance.now() + 100;
  const answers = Array.from({ length: load.requests }, async (_, index) => {
    const dueAt = startAt + (index * 1000) / load.perSecond;
    await delay(Math.max(0, dueAt - performance.now()));
    const json = swapData(load.firstSubscriber + index, load.round, `REST-${randomUUID()}`);
    const { status } = await call('POST', `${gatewayUrl}/v1/casm/subscribers/resources/swap`, stack.credentials, {
      json,
    });
    return { status, ms: performance.now() - dueAt };
  });
  const results = await Promise.all(answers);
  return {
    requests: load.requests,
    failures: results.filter(({ status }) => status !== ok).length,
    ...latencyOf(results.map(({ ms }) => ms)),
  };
}

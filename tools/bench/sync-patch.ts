import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { SimulatorClient } from '../stack/index.js';
import { benchTenant, iccidOf } from './fleet.js';
import { call, ok } from './http.js';
import { latencyOf, type Latency } from './latency.js';
import type { BenchStack } from './stack.js';

export interface PatchResult {
  requests: number;
  failures: number;
  /** what the platform takes for an answer, by its settings */
  answerMs: number;
  /** PATCH of a product at the gateway until its 200 */
  patch: Latency;
  /** the same change by a client that speaks to the platform itself, in alternation */
  direct: Latency;
}

const perSecond = 10;
const warmUp = { requests: 600, perSecond: 40 };
const answerMs = 50;
const platform = 'JASPER';

/**
 * Changes the status of JASPER's ACTIVE SIMs, which it does at once: one by PATCH, one by asking the platform, and so on.
 * Before that some by PATCH that are not counted: services that have just been started compile what they run.
 */
export async function measurePatch(
  stack: BenchStack,
  gatewayUrl: string,
  simulator: SimulatorClient,
  subscribers: number[],
): Promise<PatchResult> {
  await simulator.change({ answerMs: { min: answerMs, max: answerMs } }, [platform]);
  await evenly(subscribers.slice(0, warmUp.requests), warmUp.perSecond, (index) =>
    timedPatch(stack, gatewayUrl, index),
  );
  const patches: { status: number; ms: number }[] = [];
  const directs: number[] = [];
  await evenly(subscribers.slice(warmUp.requests), perSecond, async (index, n) => {
    if (n % 2 === 0) patches.push(await timedPatch(stack, gatewayUrl, index));
    else directs.push(await timedDirect(simulator.url, index));
  });
  return {
    requests: patches.length,
    failures: patches.filter((patch) => patch.status !== ok).length,
    answerMs,
    patch: latencyOf(patches.map(({ ms }) => ms)),
    direct: latencyOf(directs),
  };
}

async function evenly(
  indexes: number[],
  rate: number,
  call: (index: number, n: number) => Promise<unknown>,
): Promise<void> {
  const startAt = performance.now() + 100;
  await Promise.all(
    indexes.map(async (index, n) => {
      await delay(Math.max(0, startAt + (n * 1000) / rate - performance.now()));
      await call(index, n);
    }),
  );
}

async function timedPatch({ credentials }: BenchStack, gatewayUrl: string, index: number) {
  const url = `${gatewayUrl}/connection-management-orchestrator/v5/${benchTenant}/product/${platform}-${iccidOf(index)}`;
  const startedAt = performance.now();
  const { status: answered } = await call('PATCH', url, credentials, {
    json: [{ op: 'replace', path: '/status', value: 'SUSPENDED' }],
    contentType: 'application/json-patch+json',
  });
  return { status: answered, ms: performance.now() - startedAt };
}

async function timedDirect(simulatorUrl: string, index: number): Promise<number> {
  const startedAt = performance.now();
  const response = await fetch(`${simulatorUrl}/${platform}/v1/sims/${iccidOf(index)}/status`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer simulated-${platform}-credential`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    // Which it has: so Simyard and the platform still agree.
    body: JSON.stringify({ status: 'ACTIVE' }),
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`The simulator answered ${response.status}`);
  return performance.now() - startedAt;
}

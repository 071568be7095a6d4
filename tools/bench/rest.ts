import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { swapData } from './preload.js';
import type { BenchStack } from './stack.js';

export interface RestResult {
  requests: number;
  /** answers other than 200 */
  failures: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  maxMs: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

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
    const body = swapData(load.firstSubscriber + index, load.round, `REST-${randomUUID()}`);
    const status = await post(`${gatewayUrl}/v1/casm/subscribers/resources/swap`, stack.credentials, body);
    return { status, ms: performance.now() - dueAt };
  });
  const results = await Promise.all(answers);
  const sorted = results.map((result) => result.ms).toSorted((a, b) => a - b);
  const at = (share: number): number =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return {
    requests: load.requests,
    failures: results.filter((result) => result.status !== 200).length,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    maxMs: at(1),
  };
}

const round = (ms: number): number => Math.round(ms * 10) / 10;

function post(url: string, credentials: BenchStack['credentials'], body: unknown): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
    };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}

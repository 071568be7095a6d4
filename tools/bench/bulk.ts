import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { externalIdOf } from './fleet.js';
import { accepted, call } from './http.js';
import { untilStored } from './product.js';
import { measureCalls, type CallsResult } from './single-calls.js';
import type { BenchStack } from './stack.js';
import { countUsage, type Usage } from './usage.js';

export interface JobResult {
  items: number;
  /** from the first byte of the upload to the last row in the warehouse */
  seconds: number;
  perSecond: number;
  /** until the upload was answered */
  uploadSeconds: number;
}

export interface BulkResult extends JobResult {
  /** of the services during that job, which has them for itself */
  usage: Usage;
  /** a second job, while users make single calls on other subscribers */
  beside: JobResult;
  callsIdle: CallsResult;
  callsBeside: CallsResult;
}

/** Users who make single calls, each on a subscriber of his own. */
const callers = 20;
const mostBeside = 50_000;

/** Subscribers that the jobs and the calls change, each by one of them. */
export const bulkSubscribers = (items: number): number => items + Math.min(items, mostBeside) + callers;

/**
 * A job that resets the first activation of the first `items` subscribers' SIMs, uploaded to the gateway as NDJSON and
 * carried out by the real service processes; then one more, beside which users make single calls.
 */
export async function measureBulk(stack: BenchStack, items: number): Promise<BulkResult> {
  const services = await stack.start(['dwh-sink', 'subscriber', 'monitor', 'bulk-jobs', 'gateway']);
  const gatewayUrl = (await services.find(({ name }) => name === 'gateway')?.up) ?? '';
  const used = await countUsage(stack, services);
  const alone = await runJob(stack, gatewayUrl, { first: 0, items });
  const usage = await used();
  const beside = { first: items, items: Math.min(items, mostBeside) };
  const calls = { gatewayUrl, users: await stack.newClients(callers), firstSubscriber: items + beside.items };
  const turn = { next: 0 };
  await measureCalls(calls, turn, AbortSignal.timeout(5000));
  const callsIdle = await measureCalls(calls, turn, AbortSignal.timeout(10_000));
  const over = new AbortController();
  const running = runJob(stack, gatewayUrl, beside).finally(() => over.abort());
  const [second, callsBeside] = await Promise.all([running, measureCalls(calls, turn, over.signal)]);
  await stack.stopServices();
  return { ...alone, usage, beside: second, callsIdle, callsBeside };
}

/** Subscribers whose SIMs a job resets. */
interface Range {
  first: number;
  items: number;
}

async function runJob(stack: BenchStack, gatewayUrl: string, range: Range): Promise<JobResult> {
  const { items } = range;
  const before = await stack.storedChanges(action);
  const startedAt = performance.now();
  const elapsed = (): number => (performance.now() - startedAt) / 1000;
  const jobId = await submit(stack, gatewayUrl, range);
  const uploadSeconds = elapsed();
  await untilStored(stack, before + items, action);
  const seconds = elapsed();
  await untilCompleted(stack, gatewayUrl, jobId);
  return { items, seconds, perSecond: items / seconds, uploadSeconds };
}

const action = 'ResetActivationTime';

async function submit({ credentials }: BenchStack, gatewayUrl: string, range: Range): Promise<string> {
  const { status, text } = await call('POST', `${gatewayUrl}/admin/v1/bulk-jobs?action=${action}`, credentials, {
    stream: Readable.from(itemLines(range)),
    contentType: 'application/x-ndjson',
  });
  const { jobId, accepted: taken } = JSON.parse(text) as { jobId: string; accepted: number };
  if (status !== accepted || taken !== range.items) throw new Error(`The job was answered ${status}: ${text}`);
  return jobId;
}

const linesPerChunk = 1000;

function* itemLines({ first, items }: Range): Generator<string> {
  for (let from = 0; from < items; from += linesPerChunk) {
    const lines = Array.from(
      { length: Math.min(linesPerChunk, items - from) },
      (_, index) => `{"data":{"subscriber":{"externalId":"${externalIdOf(first + from + index)}"}}}\n`,
    );
    yield lines.join('');
  }
}

const settleWithinMs = 30_000;

/** The job's end is told a moment after its last change. */
async function untilCompleted({ credentials }: BenchStack, gatewayUrl: string, jobId: string): Promise<void> {
  const deadline = performance.now() + settleWithinMs;
  while (performance.now() < deadline) {
    const { text } = await call('GET', `${gatewayUrl}/admin/v1/bulk-jobs/${jobId}`, credentials);
    if ((JSON.parse(text) as { status: string }).status === 'COMPLETED') return;
    await delay(100);
  }
  throw new Error(`The job ${jobId} did not end COMPLETED`);
}

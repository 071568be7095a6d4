import { setTimeout as delay } from 'node:timers/promises';
import { expectStatus, type Api } from './api.js';
import type { DemoSubscriber } from './load-fleet.js';
import { poll } from './poll.js';
import type { Terminal } from './terminal.js';

export interface BulkDemo {
  gateway: Api;
  /** of the client's tenant */
  fleet: DemoSubscriber[];
  terminal: Terminal;
  signal: AbortSignal;
}

const resetPath = '/api/v2/bulk/subscriber/reset-activation-time';
const nodesOfBulk = 200;
const itemsOfUpload = 10_000;
const timeoutMs = 120_000;

interface BulkBody {
  bulk: { errorCode: string; errorMessage: string; requestId: string }[];
}

interface CallsBody {
  content: { requestId: string; status: string }[];
}

interface Job {
  status: string;
  total: number;
  completed: number;
  failed: number;
  inFlight: number;
}

/**
 * A floLIVE bulk of 200 followed to its end, an upload of 10,000 items, and a bulk of the same type that is refused while
 * that one runs.
 * @throws Error when one of them does not go as it must
 */
export async function runBulkDemo(demo: BulkDemo): Promise<void> {
  await resetByBulk(demo);
  const { jobId } = await upload(demo);
  await refusedByLock(demo);
  await followJob(demo, jobId);
}

async function resetByBulk({ gateway, fleet, terminal, signal }: BulkDemo): Promise<void> {
  terminal.heading(`4  A bulk of ${nodesOfBulk} activation times to be reset`);
  terminal.field('request', `POST ${resetPath}`);
  const startedAt = performance.now();
  const reply = await gateway.post(resetPath, bulkOf(fleet.slice(0, nodesOfBulk)));
  const { bulk } = expectStatus<BulkBody>('The bulk', reply, 200);
  const bulkId = reply.headers.get('request-id') ?? '';
  terminal.field('answer', `200, ${bulk.length} calls, bulk ${bulkId}`);
  const ask = async (): Promise<CallsBody['content'] | undefined> => {
    const { content } = expectStatus<CallsBody>('The call', await gateway.get(`/api/v3/global/call/${bulkId}`), 200);
    return content.every(({ status }) => status !== 'OPEN') ? content : undefined;
  };
  const calls = await poll('the calls of the bulk', ask, { signal, timeoutMs });
  const succeeded = calls.filter(({ status }) => status === 'SUCCESS').length;
  if (succeeded < bulk.length) throw new Error(`${bulk.length - succeeded} calls of the bulk have failed`);
  terminal.field('calls', `${succeeded} SUCCESS after ${Math.round(performance.now() - startedAt)} ms`);
}

const bulkOf = (subscribers: DemoSubscriber[]): unknown => ({
  bulk: subscribers.map(({ iccid }) => ({ subscriberIdentifiers: { type: 'ICCID', value: iccid }, content: {} })),
});

async function upload({ gateway, fleet, terminal }: BulkDemo): Promise<{ jobId: string }> {
  const path = '/admin/v1/bulk-jobs?action=ResetActivationTime';
  terminal.heading(`5  A bulk job of ${itemsOfUpload.toLocaleString('en')} items, uploaded as CSV`);
  terminal.field('request', `POST ${path}, text/csv`);
  const rows = Array.from(
    { length: itemsOfUpload },
    (_, n) => `${n + 1},ICCID,${fleet[n % fleet.length]?.iccid ?? ''}`,
  );
  const reply = await gateway.upload(path, 'text/csv', ['key,identifierType,identifier', ...rows].join('\n'));
  const job = expectStatus<{ jobId: string; accepted: number }>('The upload', reply, 202);
  terminal.field('answer', `202, job ${job.jobId}, ${job.accepted.toLocaleString('en')} items accepted`);
  return job;
}

async function refusedByLock({ gateway, fleet, terminal }: BulkDemo): Promise<void> {
  terminal.heading('6  A bulk of the same type, while that one runs');
  terminal.field('request', `POST ${resetPath}`);
  const reply = await gateway.post(resetPath, bulkOf(fleet.slice(0, 1)));
  const { errorCode, errorMessage } = expectStatus<BulkBody['bulk'][0]>('The second bulk', reply, 409);
  terminal.field('answer', `409 ${errorCode}: ${errorMessage}`);
  terminal.field('held by', reply.headers.get('link') ?? '');
}

async function followJob({ gateway, terminal, signal }: BulkDemo, jobId: string): Promise<void> {
  terminal.line();
  const ended = await terminal.step(
    'The 10,000 items',
    async (progress) => {
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        signal.throwIfAborted();
        const job = expectStatus<Job>('The job', await gateway.get(`/admin/v1/bulk-jobs/${jobId}`), 200);
        if (!['ACCEPTED', 'IN_PROGRESS'].includes(job.status)) return job;
        if (performance.now() > deadline) throw new Error(`The bulk job has not ended after ${timeoutMs / 1000} s`);
        progress(`${job.completed + job.failed} of ${job.total} ended, ${job.inFlight} in flight`);
        await delay(200);
      }
    },
    ({ status, completed, failed }) => `${status}: ${completed} completed, ${failed} failed`,
  );
  if (ended.status !== 'COMPLETED') throw new Error(`The bulk job ended as ${ended.status}`);
}

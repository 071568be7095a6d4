import type { CreatedClient } from '#libs/access';
import type { BulkAction } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { credentials, request, type Reply } from './rest.js';

/** An item as it is uploaded. */
export interface UploadedItem {
  key?: string;
  data: Record<string, unknown>;
}

/** An item of a job's report, as REST shows it. */
export interface ReportedItem {
  ordinal: number;
  key: string;
  operationId: string;
  status: string;
  error?: { code: string };
}

/** A job as REST shows it. */
export interface ReportedJob {
  state: string;
  status: string;
  total: number;
  pending: number;
  inFlight: number;
  completed: number;
  failed: number;
  cancelled: number;
}

/** Bulk jobs of one client. */
export interface BulkClient {
  submit(action: BulkAction, items: UploadedItem[]): Promise<Reply>;
  /** Submits a job that must be accepted whole; returns its id. */
  start(action: BulkAction, items: UploadedItem[]): Promise<string>;
  job(jobId: string): Promise<ReportedJob>;
  untilEnded(jobId: string, timeoutMs?: number): Promise<ReportedJob>;
  /** All items, page by page. */
  items(jobId: string): Promise<ReportedItem[]>;
}

export function bulkClient(gatewayUrl: string, client: CreatedClient): BulkClient {
  const url = `${gatewayUrl}/admin/v1/bulk-jobs`;
  const headers = credentials(client);
  const read = async (path: string): Promise<Reply['body']> => {
    const reply = await request('GET', `${url}/${path}`, headers);
    if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  const submit: BulkClient['submit'] = (action, items) => {
    const lines = items.map((item) => `${JSON.stringify(item)}\n`).join('');
    return request('POST', `${url}?action=${action}`, { ...headers, 'content-type': 'application/x-ndjson' }, lines);
  };
  return {
    submit,
    start: async (action, items) => {
      const { status, body } = await submit(action, items);
      if (status !== 202 || body.accepted !== items.length) throw new Error(`${status} ${JSON.stringify(body)}`);
      return String(body.jobId);
    },
    job: async (jobId) => (await read(jobId)) as ReportedJob,
    untilEnded: (jobId, timeoutMs = 60_000) =>
      eventually(
        async () => {
          const job = (await read(jobId)) as ReportedJob;
          if (job.state !== 'ENDED') throw new Error(`The job has not ended: ${JSON.stringify(job)}`);
          return job;
        },
        { timeoutMs, intervalMs: 200 },
      ),
    items: async (jobId) => {
      const all: ReportedItem[] = [];
      for (let cursor = '0'; cursor !== '';) {
        const page = await read(`${jobId}/items?limit=1000&cursor=${cursor}`);
        all.push(...(page.items as ReportedItem[]));
        cursor = String(page.nextCursor ?? '');
      }
      return all;
    },
  };
}

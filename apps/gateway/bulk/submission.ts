import { stageItems, stageJob, type NewItem, type NewJob } from '#libs/bulk';
import type { BulkAction } from '#libs/contracts';
import { requestFingerprint, requestScope } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import type { Write } from '../commands/plan-admission.js';
import type { Start } from '../commands/start.js';
import type { Caller } from '../http/read-request.js';

/** A job that was asked for, without its items. */
export interface Submission {
  action: BulkAction;
  dryRun: boolean;
  caller: Caller;
  /** idempotency key */
  key: string | undefined;
}

/** Items of one statement. */
const itemsPerInsert = 2000;

/** Starts a job of these items and returns its id; a repeat gets the id of the first. Throws what Start throws. */
export async function startItems(start: Start, submission: Submission, items: NewItem[]): Promise<string> {
  // Ids are made for each request, and belong to no fingerprint.
  const content = items.map(({ key, data }) => ({ key, data }));
  const { operationId } = await start({
    ...submitWrite(submission, content),
    stage: async (tx, jobId) => {
      for (let from = 0; from < items.length; from += itemsPerInsert) {
        await stageChunk(tx, submission, jobId, items.slice(from, from + itemsPerInsert));
      }
    },
  });
  return operationId;
}

/** The command of a submission; `content` is what the items were made of, by which a repeat is known. */
export function submitWrite({ action, dryRun, caller, key }: Submission, content: unknown): Write {
  return {
    facade: 'admin',
    name: 'SubmitBulkJob',
    data: { action, ...(dryRun && { dryRun }) },
    bulkAction: action,
    caller,
    key,
    scope: requestScope.facade('admin', caller.client.clientId),
    fingerprint: requestFingerprint('SubmitBulkJob', { action, dryRun, content }),
  };
}

/** Stores a chunk of a job's items, the job itself with the first. */
export async function stageChunk(tx: Tx, submission: Submission, jobId: string, items: NewItem[]): Promise<void> {
  if (items[0]?.ordinal === 1) await stageJob(tx, newJob(submission, jobId));
  await stageItems(tx, jobId, items);
}

function newJob({ action, dryRun, caller: { client, correlationId } }: Submission, jobId: string): NewJob {
  const { tenantId, accountId, clientId, username: actor } = client;
  return { jobId, tenantId, accountId, actor, clientId, facade: 'admin', action, dryRun, retryOf: null, correlationId };
}

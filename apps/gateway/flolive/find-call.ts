import { listItems, readItemCalls, readJob, type Item, type Job } from '#libs/bulk';
import { readOperation, type Operation } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import { callOf, type Call, type CallStatus, type Called } from './call.js';
import { defaultSize } from './bodies.js';

/** The call of an operation, or of an item of a bulk, that an account of the tree under `accountId` started. */
export async function findCall(tx: Tx, accountId: string, requestId: string): Promise<Call | undefined> {
  const operation = await readOperation(tx, accountId, requestId);
  if (operation) return callOf(startsJob(operation.action) ? await jobOf(tx, accountId, operation) : operation);
  // An item has no operation before it is sent, nor when it was refused or cancelled before that.
  const [item] = await readItemCalls(tx, accountId, { operationIds: [requestId] });
  const job = item && (await readJob(tx, accountId, item.jobId));
  return job && callOfItem(job, item);
}

const startsJob = (action: string): boolean => action === 'SubmitBulkJob' || action === 'RetryFailedItems';

/** A bulk as a whole fails in the words of what its nodes do; one that was refused over Kafka has no job. */
const jobOf = async (tx: Tx, accountId: string, operation: Operation): Promise<Called> =>
  (await readJob(tx, accountId, operation.operationId)) ?? operation;

/** A bulk, and a page of its nodes. */
export interface BulkCall {
  call: Call;
  nodes: { requestId: string; status: CallStatus }[];
  page: number;
  size: number;
  total: number;
}

/** The bulk of this id, likewise. Without a size a page holds `mostNodes` at most. */
export async function findBulkCall(
  tx: Tx,
  accountId: string,
  bulkId: string,
  { page, size: asked, mostNodes }: { page: number; size: number | undefined; mostNodes: number },
): Promise<BulkCall | undefined> {
  const job = await readJob(tx, accountId, bulkId);
  if (!job) return undefined;
  const { total } = job;
  const size = asked ?? Math.max(defaultSize, Math.min(total, mostNodes));
  // Ordinals run from 1 without a gap.
  const items = await listItems(tx, accountId, bulkId, { after: page * size, limit: size });
  const nodes = items.map((item) => ({ requestId: item.operationId, status: callOfItem(job, item).status }));
  return { call: callOf(job), nodes, page, size, total };
}

function callOfItem({ action }: Job, { status, error }: Pick<Item, 'status' | 'error'>): Call {
  return callOf({ action, status: status === 'PENDING' || status === 'IN_FLIGHT' ? 'IN_PROGRESS' : status, error });
}

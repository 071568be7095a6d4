import { readItemCalls, stageItems, stageJob, type NewItem } from '#libs/bulk';
import { SimyardError } from '#libs/errors';
import { findSubscribers, type ResourceTypes } from '#libs/inventory';
import { requestFingerprint, requestScope } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import { newId } from '#libs/runtime';
import type { Start } from '../commands/start.js';
import type { Write } from '../commands/plan-admission.js';
import type { Origin } from '../http/origin.js';
import type { BulkForm } from './bulk-forms.js';
import { judgeNodes, type FailedNode, type ReadyNode } from './judge-nodes.js';
import type { ReadNode } from './read-nodes.js';

/** A bulk that was asked for. */
export interface BulkRequest extends Origin {
  form: BulkForm;
  nodes: ReadNode[];
  types: ResourceTypes;
}

/** A bulk whose nodes will all be carried out, with a request id for each in their order. */
export interface AdmittedBulk {
  jobId: string;
  requestIds: string[];
}

/**
 * Admits all nodes or none: then it returns those that failed. They are looked up in the transaction that stores the job,
 * after a repeat of the request was recognized: its answer is that of the first, whatever has become of the subscribers.
 * Throws what Start throws.
 */
export async function startBulk(
  start: Start,
  database: Tx,
  request: BulkRequest,
): Promise<AdmittedBulk | { failed: FailedNode[] }> {
  let failed: FailedNode[] = [];
  const requestIds = request.nodes.map(() => newId());
  const stage = async (tx: Tx, jobId: string): Promise<void> => {
    const judged = await judge(tx, request);
    ({ failed } = judged);
    if (failed.length > 0) throw new SimyardError('BULK_ITEM_INVALID');
    await stageBulk(tx, request, jobId, itemsOf(judged.ready, requestIds));
  };
  try {
    const { operationId: jobId, repeated } = await start({ ...bulkWrite(request), stage });
    return { jobId, requestIds: repeated ? await requestIdsOf(database, request, jobId) : requestIds };
  } catch (error) {
    if (failed.length > 0) return { failed };
    throw error;
  }
}

/** Those that the first request was answered with. */
async function requestIdsOf(
  database: Tx,
  { caller: { client }, nodes }: BulkRequest,
  jobId: string,
): Promise<string[]> {
  const calls = await readItemCalls(database, client.accountId, { jobId });
  // Jobs are not kept as long as operations: the answer is gone.
  if (calls.length !== nodes.length) throw new SimyardError('REQUEST_ID_REUSED');
  return calls.map(({ operationId }) => operationId);
}

async function judge(
  tx: Tx,
  { nodes, caller: { client }, types }: BulkRequest,
): Promise<ReturnType<typeof judgeNodes>> {
  const references = nodes.map(({ subscriberIdentifiers: identifier }) => ({ identifier }));
  return judgeNodes(nodes, await findSubscribers(tx, types, client, references), types, client.tenantId);
}

async function stageBulk(
  tx: Tx,
  { form, caller: { client, correlationId } }: BulkRequest,
  jobId: string,
  items: NewItem[],
): Promise<void> {
  const { tenantId, accountId, clientId, username: actor } = client;
  const origin = { tenantId, accountId, clientId, actor, facade: 'flolive', correlationId };
  await stageJob(tx, { jobId, ...origin, action: form.action, dryRun: false, retryOf: null });
  await stageItems(tx, jobId, items);
}

/** The subscriber that was found is named, not the value by which: that may have another holder when the item is run. */
const itemsOf = (nodes: ReadyNode[], requestIds: string[]): NewItem[] =>
  nodes.map(({ subscriberIdentifiers, subscriberId, attributes }, index) => ({
    ordinal: index + 1,
    key: subscriberIdentifiers.value,
    data: JSON.stringify({ subscriber: { refId: subscriberId }, ...attributes }),
    operationId: requestIds[index] ?? newId(),
  }));

/** The nodes are no data of the command, so a repeat is known by them beside it. */
function bulkWrite({ form, nodes, caller, key }: BulkRequest): Write {
  return {
    facade: 'flolive',
    name: 'SubmitBulkJob',
    data: { action: form.action },
    bulkAction: form.action,
    caller,
    key,
    scope: requestScope.facade('flolive', caller.client.clientId),
    fingerprint: requestFingerprint(form.action, { bulk: nodes }),
  };
}

import { stageItems, stageJob } from '#libs/bulk';
import { readProducts } from '#libs/inventory';
import { stageMonitor, type MonitorRequest } from '#libs/monitors';
import { requestFingerprint, requestScope } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import type { Stage, Write } from '../../commands/plan-admission.js';
import type { Start, Started } from '../../commands/start.js';
import type { Origin } from '../../http/origin.js';
import { actionOf, planItems } from './plan-items.js';
import type { Batch } from './read-batch.js';

/** A batch that was asked for. */
export interface BatchRequest extends Origin {
  batch: Batch;
  /** the whole request, as its monitor tells it */
  told: MonitorRequest;
  /** stores that the caller is to be told of the end */
  stageCallback: Stage;
}

/**
 * Starts a bulk job of a batch's products. They are looked up in the transaction that stores the job, after a repeat was
 * recognized: its monitor is that of the first. Throws JSON_PATCH_INVALID when the patch fits none of them, and what Start throws.
 */
export function startBatch(start: Start, request: BatchRequest): Promise<Started> {
  return start({ ...batchWrite(request), stage: (tx, jobId) => stageBatch(tx, jobId, request) });
}

async function stageBatch(tx: Tx, jobId: string, { batch, caller, told, stageCallback }: BatchRequest): Promise<void> {
  const { tenantId, accountId, clientId, username: actor } = caller.client;
  const { products, patchType, patch } = batch;
  const rows = await readProducts(
    tx,
    caller.client,
    products.map(({ name }) => name),
  );
  const items = await planItems(batch, rows);
  const origin = { tenantId, accountId, clientId, actor, facade: 'cmo', correlationId: caller.correlationId };
  await stageJob(tx, { jobId, ...origin, action: actionOf(patchType, patch), dryRun: false, retryOf: null });
  await stageItems(tx, jobId, items);
  const { iccid } = products[0].name;
  await stageMonitor(tx, { operationId: jobId, tenantId, accountId, iccid, productId: null, request: told });
  await stageCallback(tx, jobId);
}

/** The products are no data of the command, so a repeat is known by them beside it. */
function batchWrite({ batch: { patchType, patch, told }, caller, key }: BatchRequest): Write {
  const action = actionOf(patchType, patch);
  return {
    facade: 'cmo',
    name: 'SubmitBulkJob',
    data: { action },
    bulkAction: action,
    caller,
    key,
    scope: requestScope.facade('cmo', caller.client.clientId),
    fingerprint: requestFingerprint(action, { batch: told, patchType }),
  };
}

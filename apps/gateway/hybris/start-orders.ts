import { stageItems, stageJob, type NewItem } from '#libs/bulk';
import { stageCallback } from '#libs/callbacks';
import { SimyardError } from '#libs/errors';
import { findSimsOfUnit, type FoundSim } from '#libs/inventory';
import { requestFingerprint, requestScope } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import { newId } from '#libs/runtime';
import { stageServiceMonitor, type ServiceRequest } from '#libs/services';
import type { Write } from '../commands/plan-admission.js';
import type { Start, Started } from '../commands/start.js';
import type { Caller } from '../http/read-request.js';
import { orderTypes } from './order-types.js';
import type { Order } from './read-orders.js';

/** Orders for SIMs of a business unit, all under one correlation id. */
export interface OrderRequest {
  caller: Caller;
  businessId: string;
  /** of the business unit */
  unitAccountIds: string[];
  orders: Order[];
  /** the request as its monitor tells it */
  told: ServiceRequest;
  /** of TMF640, where the monitor is, for who calls */
  facadeUrl: string;
}

const action = 'ChangeSimStatus';

/**
 * Starts one bulk job of all orders, or none: SIM_NOT_FOUND when any of them is for no SIM of the business unit. SIMs are
 * looked up in the transaction that stores the job, after a repeat was recognized: its answer is that of the first. Throws
 * what Start throws.
 */
export function startOrders(start: Start, request: OrderRequest): Promise<Started> {
  const stage = async (tx: Tx, jobId: string): Promise<void> => stageOrders(tx, jobId, request);
  return start({ ...bulkWrite(request), stage });
}

async function stageOrders(tx: Tx, jobId: string, request: OrderRequest): Promise<void> {
  const { caller, unitAccountIds, orders, told, facadeUrl } = request;
  const { tenantId, accountId, clientId, username: actor } = caller.client;
  const iccids = orders.map(({ iccid }) => iccid);
  const found = await findSimsOfUnit(tx, { accountId, unitAccountIds, iccids });
  const sims = new Map(found.map((sim) => [sim.iccid, sim]));
  const items = orders.map((order, index) => newItem(order, sims.get(order.iccid), index + 1));
  const origin = { tenantId, accountId, clientId, actor, facade: 'hybris', correlationId: caller.correlationId };
  await stageJob(tx, { jobId, ...origin, action, dryRun: false, retryOf: null });
  await stageItems(tx, jobId, items);
  await stageServiceMonitor(tx, { operationId: jobId, tenantId, accountId, request: told });
  const eventTypes = ['MonitorStateChangeEvent'] as const;
  await stageCallback(tx, {
    operationId: jobId,
    tenantId,
    accountId,
    clientId,
    facadeUrl,
    facade: 'tmf640',
    eventTypes,
  });
}

/** The subscriber who has the card now is named: the card may have another holder when the item is run. */
function newItem({ iccid, orderType }: Order, sim: FoundSim | undefined, ordinal: number): NewItem {
  if (!sim) throw new SimyardError('SIM_NOT_FOUND');
  const { status, from } = orderTypes[orderType];
  const subscriber =
    sim.subscriberId === null ? { identifier: { type: 'ICCID', value: iccid } } : { refId: sim.subscriberId };
  return { ordinal, key: iccid, data: JSON.stringify({ subscriber, status, from }), operationId: newId() };
}

/** The orders are no data of the command, so a repeat is known by them beside it. */
function bulkWrite({ caller, businessId, orders }: OrderRequest): Write {
  return {
    facade: 'hybris',
    name: 'SubmitBulkJob',
    data: { action },
    bulkAction: action,
    caller,
    key: caller.correlationId,
    scope: requestScope.facade('hybris', caller.client.clientId),
    fingerprint: requestFingerprint(action, { businessId, orders }),
  };
}

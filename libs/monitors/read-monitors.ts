import { isUUID } from 'class-validator';
import type { ProductName } from '#libs/inventory';
import type { OperationStatus } from '#libs/operations';
import { readPlatformAnswers, type PlatformAnswerRow } from '#libs/platforms';
import type { Tx } from '#libs/postgres';
import { readBatchItems, type BatchItem } from './batch-items.sql.js';
import { patchOf } from './patch-of.js';
import { monitorStateOf, type MonitorState } from './monitor-body.js';
import type { Monitor, MonitorItem } from './monitor.js';
import { findByMonitorId, findByOperationId, pageOfMonitors, readMonitored, type Monitored } from './monitored.sql.js';
import { readProductId, simCardId } from './product-id.js';
import { findSims } from './sims-of-operations.sql.js';

/**
 * The monitor of this id, or of the operation of this id, that an account of the tree under `accountId` started; null stands
 * for all accounts. An operation of another facade is one when it changes a SIM.
 */
export async function readMonitor(tx: Tx, accountId: string | null, id: string): Promise<Monitor | undefined> {
  const operationId = isUUID(id)
    ? await findByOperationId(tx, accountId, id)
    : await findByMonitorId(tx, accountId, id);
  if (operationId === undefined) return undefined;
  return (await readMonitors(tx, [operationId])).get(operationId);
}

/** Monitors by their operations' ids, of any accounts; operations that are no monitors are absent. */
export async function readMonitors(tx: Tx, operationIds: string[]): Promise<Map<string, Monitor>> {
  // The operations first: what is read after is then at least as far as they are.
  const monitored = await readMonitored(tx, operationIds);
  const items = await readItems(tx, monitored);
  return new Map(monitored.map((one) => [one.operationId, toMonitor(one, items.get(one.operationId) ?? [])]));
}

export interface MonitorFilter {
  state?: MonitorState;
  /** from 1 */
  pageNumber: number;
  pageSize: number;
}

export interface MonitorList {
  monitors: Monitor[];
  /** of all pages */
  total: number;
}

/**
 * A page of what CMO has started in the tree under `accountId`, newest first. The products of a batch are left out: they are in
 * its own monitor.
 */
export async function listMonitors(tx: Tx, accountId: string | null, filter: MonitorFilter): Promise<MonitorList> {
  const { state, pageNumber, pageSize } = filter;
  const page = { statuses: state ? statusesOf(state) : null, skip: (pageNumber - 1) * pageSize, limit: pageSize };
  const { operationIds, total } = await pageOfMonitors(tx, accountId, page);
  const monitored = await readMonitored(tx, operationIds);
  const items = await readItems(
    tx,
    monitored.filter((one) => !isBatch(one)),
  );
  const monitorOf = new Map(
    monitored.map((one) => [one.operationId, toMonitor(one, items.get(one.operationId) ?? [])]),
  );
  return { monitors: operationIds.flatMap((operationId) => monitorOf.get(operationId) ?? []), total };
}

const statusesOf = (state: MonitorState): OperationStatus[] =>
  (Object.keys(monitorStateOf) as OperationStatus[]).filter((status) => monitorStateOf[status] === state);

const isBatch = ({ action }: Monitored): boolean => action === 'SubmitBulkJob';

function toMonitor(monitored: Monitored, items: MonitorItem[]): Monitor {
  const { operationId, tenantId, correlationId, status, error, monitorId, request, data } = monitored;
  return {
    ...{ monitorId: monitorId ?? operationId, tenantId, operationId, correlationId, status, error, items },
    productId: isBatch(monitored) ? null : (monitored.productId ?? items[0]?.productId ?? null),
    isBatch: isBatch(monitored),
    request: request ?? { method: 'PATCH', body: patchOf(data), headers: [] },
  };
}

/** The items of each, by its operation's id. */
async function readItems(tx: Tx, monitored: Monitored[]): Promise<Map<string, MonitorItem[]>> {
  const batches = monitored.filter(isBatch);
  const singles = monitored.filter((one) => !isBatch(one));
  const ofBatches = await readBatchItems(
    tx,
    batches.map(({ operationId }) => operationId),
  );
  const answers = await readPlatformAnswers(
    tx,
    [...singles, ...ofBatches].map(({ operationId }) => operationId),
  );
  const simOf = await readSims(tx, singles, answers);
  const itemsOf = Map.groupBy(ofBatches, ({ jobId }) => jobId);
  return new Map(
    monitored.map((one) => [
      one.operationId,
      isBatch(one)
        ? (itemsOf.get(one.operationId) ?? []).map((item) => batchItem(item, answers))
        : singleItem(one, simOf.get(one.operationId), answers),
    ]),
  );
}

type Answers = ReadonlyMap<string, PlatformAnswerRow>;

/** The SIMs of single changes, as CMO's request, the request to their platform, or the changed entity names them. */
async function readSims(tx: Tx, singles: Monitored[], answers: Answers): Promise<Map<string, ProductName>> {
  const named = new Map(
    singles.flatMap(({ operationId, productId }) => {
      const name = productId === null ? answers.get(operationId) : readProductId(productId);
      return name ? [[operationId, name] as const] : [];
    }),
  );
  const unnamed = singles.map(({ operationId }) => operationId).filter((operationId) => !named.has(operationId));
  const found = await findSims(tx, unnamed);
  return new Map([...named, ...found.map((sim) => [sim.operationId, sim] as const)]);
}

function singleItem(
  { operationId, productId, status, error }: Monitored,
  sim: ProductName | undefined,
  answers: Answers,
): MonitorItem[] {
  if (!sim) return [];
  const answer = answers.get(operationId);
  return [{ productId: productId ?? simCardId(sim), platform: sim.platform, status, error, answer }];
}

function batchItem({ operationId, productId, status, error }: BatchItem, answers: Answers): MonitorItem {
  const platform = readProductId(productId)?.platform ?? '';
  return { productId, platform, status, error, answer: answers.get(operationId) };
}

import { byIds, idsAndBounds, type OperationError, type OperationStatus } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import type { MonitorRequest } from './monitor-request.js';

/** An operation that can be read as a monitor. */
export interface Monitored {
  operationId: string;
  tenantId: string;
  correlationId: string;
  action: string;
  status: OperationStatus;
  error: OperationError | null;
  /** null where another facade started it; then the command's data, if they are kept, are in `data` */
  monitorId: string | null;
  productId: string | null;
  request: MonitorRequest | null;
  data: unknown;
}

/** Commands that change what the CMO facade shows of a SIM. */
const simActions = ['ChangeSimStatus', 'ChangeSubscriberStatus', 'AssignCustomProperties', 'TransferSim'];

const columns = `operation.operation_id as "operationId", operation.tenant_id as "tenantId",
  operation.correlation_id as "correlationId", operation.action, operation.status, operation.error::json as error,
  monitor.monitor_id as "monitorId", monitor.product_id as "productId", monitor.request::json as request,
  case when monitor.monitor_id is null then operation.request::json end as data`;

/** Those of the operations that are monitors: what CMO has started, and changes of SIMs by other facades. */
export function readMonitored(tx: Tx, operationIds: string[]): Promise<Monitored[]> {
  return tx.query<Monitored>(
    `select ${columns}
     from operations.operation
     left join lateral (
       select * from operations.monitor where operation_id = operation.operation_id limit 1) as monitor on true
     where ${byIds(2, 'operation.operation_id')} and (monitor.monitor_id is not null or operation.action = any($1))`,
    [simActions, ...idsAndBounds(operationIds)],
  );
}

/** Operations of the tree under the account in parameter $1; of all accounts where it is null. */
const inTree = `($1::text is null or account_id = any(array(
  select account_id from inventory.account where path @> array[$1::text])))`;

/** The operation of a monitor that an account of the tree under `accountId` started; null stands for all accounts. */
export async function findByMonitorId(
  tx: Tx,
  accountId: string | null,
  monitorId: string,
): Promise<string | undefined> {
  const [row] = await tx.query<{ operationId: string }>(
    `select operation_id as "operationId" from operations.monitor where monitor_id = $2 and ${inTree}`,
    [accountId, monitorId],
  );
  return row?.operationId;
}

/** The same for the operation's own id. */
export async function findByOperationId(
  tx: Tx,
  accountId: string | null,
  operationId: string,
): Promise<string | undefined> {
  const [row] = await tx.query<{ operationId: string }>(
    `select operation_id as "operationId" from operations.operation where operation_id = $2::uuid and ${inTree}`,
    [accountId, operationId],
  );
  return row?.operationId;
}

export interface MonitorPage {
  operationIds: string[];
  /** of all pages */
  total: number;
}

/** A page of the monitors that the tree under `accountId` started, newest first, of these statuses where some are given. */
export async function pageOfMonitors(
  tx: Tx,
  accountId: string | null,
  { statuses, skip, limit }: { statuses: OperationStatus[] | null; skip: number; limit: number },
): Promise<MonitorPage> {
  const parameters = statuses === null ? [accountId] : [accountId, statuses];
  const from = `from operations.monitor ${statuses === null ? '' : whereStatus} where ${inTree}`;
  const [offset, most] = [parameters.length + 1, parameters.length + 2];
  const rows = await tx.query<{ operationId: string }>(
    `select monitor.operation_id as "operationId" ${from} order by monitor.operation_id desc offset $${offset} limit $${most}`,
    [...parameters, skip, limit],
  );
  const [counted] = await tx.query<{ total: number }>(`select count(*)::int as total ${from}`, parameters);
  return { operationIds: rows.map(({ operationId }) => operationId), total: counted?.total ?? 0 };
}

/** With the limit it stays a look by the key. */
const whereStatus = `cross join lateral (
  select from operations.operation
  where operation.operation_id = monitor.operation_id and operation.status = any($2) limit 1) as operation`;

import { byIds, idsAndBounds, type OperationStatus } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import type { ServiceMonitor, ServiceRequest } from './service-monitor.js';

/** A request to be kept with the operation that it starts. */
export interface NewServiceMonitor {
  operationId: string;
  tenantId: string;
  /** account of the actor: who may read it */
  accountId: string;
  request: ServiceRequest;
}

/** In the transaction that admits the operation. */
export const stageServiceMonitor = (
  tx: Tx,
  { operationId, tenantId, accountId, request }: NewServiceMonitor,
): Promise<number> =>
  tx.execute(
    `insert into operations.service_monitor (operation_id, tenant_id, account_id, request, created_at)
     values ($1, $2, $3, $4, clock_timestamp())`,
    [operationId, tenantId, accountId, JSON.stringify(request)],
  );

const columns = `operation.operation_id as "operationId", operation.action, operation.status,
  operation.error::json as error, operation.entity_type as "entityType", operation.entity_id as "entityId",
  operation.request::json as data, operation.response::json as response, monitor.request::json as request`;

/** With the limit it stays a look by the key. */
const withRequest = `left join lateral (
  select request from operations.service_monitor where operation_id = operation.operation_id limit 1) as monitor on true`;

/** Accounts of the tree under the account in parameter $1. */
const inTree = `account_id = any(array(select account_id from inventory.account where path @> array[$1::text]))`;

/** The operation as a monitor, when an account of the tree under `accountId` started it. */
export async function readServiceMonitor(
  tx: Tx,
  accountId: string,
  operationId: string,
): Promise<ServiceMonitor | undefined> {
  const [row] = await tx.query<ServiceMonitor>(
    `select ${columns} from operations.operation ${withRequest} where operation.operation_id = $2::uuid and ${inTree}`,
    [accountId, operationId],
  );
  return row;
}

/** Monitors of any accounts by their operations' ids; operations that are no more are absent. */
export async function readServiceMonitors(tx: Tx, operationIds: string[]): Promise<Map<string, ServiceMonitor>> {
  const rows = await tx.query<ServiceMonitor>(
    `select ${columns} from operations.operation ${withRequest} where ${byIds(1, 'operation.operation_id')}`,
    idsAndBounds(operationIds),
  );
  return new Map(rows.map((row) => [row.operationId, row]));
}

export interface ServiceMonitorPage {
  monitors: ServiceMonitor[];
  /** of all pages */
  total: number;
}

/** A page of those whose requests are kept, of the tree under `accountId`, newest first; of these statuses where some are given. */
export async function listServiceMonitors(
  tx: Tx,
  accountId: string,
  { statuses, offset, limit }: { statuses: OperationStatus[] | null; offset: number; limit: number },
): Promise<ServiceMonitorPage> {
  const parameters = statuses === null ? [accountId] : [accountId, statuses];
  const from = `from operations.service_monitor ${statuses === null ? '' : whereStatus} where ${inTree}`;
  const rows = await tx.query<{ operationId: string }>(
    `select service_monitor.operation_id as "operationId" ${from}
     order by service_monitor.operation_id desc offset ${String(offset)} limit ${String(limit)}`,
    parameters,
  );
  const [counted] = await tx.query<{ total: number }>(`select count(*)::int as total ${from}`, parameters);
  const operationIds = rows.map(({ operationId }) => operationId);
  const found = await readServiceMonitors(tx, operationIds);
  return { monitors: operationIds.flatMap((id) => found.get(id) ?? []), total: counted?.total ?? 0 };
}

const whereStatus = `cross join lateral (
  select from operations.operation
  where operation.operation_id = service_monitor.operation_id and operation.status = any($2) limit 1) as operation`;

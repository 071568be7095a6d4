import type { Tx } from '#libs/postgres';
import type { MonitorRequest } from './monitor-request.js';

/** A monitor to be stored with the operation that it is of. */
export interface NewMonitor {
  operationId: string;
  tenantId: string;
  /** account of the actor: who may read it */
  accountId: string;
  /** of the product, or of the first one of a batch */
  iccid: string;
  /** null for a batch */
  productId: string | null;
  request: MonitorRequest;
}

/**
 * Stores a monitor in the transaction that admits its operation; returns its id, `{iccid}-{epoch seconds}-monitor`. Where a
 * second is taken, the next free one is: those of one SIM come here one after the other, until their transactions end.
 */
export async function stageMonitor(tx: Tx, monitor: NewMonitor): Promise<string> {
  const { operationId, tenantId, accountId, iccid, productId, request } = monitor;
  await tx.write(`select pg_advisory_xact_lock(hashtextextended('monitor ' || $1 || ' ' || $2, 0))`, [tenantId, iccid]);
  // A statement of its own: it sees what was committed while this one waited.
  const [row] = await tx.query<{ monitorId: string }>(
    `with recursive taken (second) as (
       select floor(extract(epoch from clock_timestamp()))::bigint
       union all
       select second + 1 from taken
       where exists (select from operations.monitor where monitor_id = $3 || '-' || second || '-monitor' and tenant_id = $2)
     )
     insert into operations.monitor (monitor_id, tenant_id, operation_id, account_id, product_id, request, created_at)
     select $3 || '-' || max(second) || '-monitor', $2, $1::uuid, $4, $5, $6, clock_timestamp() from taken
     returning monitor_id as "monitorId"`,
    [operationId, tenantId, iccid, accountId, productId, JSON.stringify(request)],
  );
  return row?.monitorId ?? '';
}

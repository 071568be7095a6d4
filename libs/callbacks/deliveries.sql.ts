import type { Tx } from '#libs/postgres';

export const deliveryStates = ['WAITING', 'DUE', 'DELIVERED', 'GIVEN_UP'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export interface Delivery {
  deliveryId: string;
  tenantId: string;
  accountId: string;
  clientId: string;
  operationId: string;
  subscriptionId: string | null;
  url: string;
  state: DeliveryState;
  attempts: number;
  dueAt: Date | null;
  lastStatus: number | null;
  lastError: string | null;
  createdAt: Date;
  endedAt: Date | null;
  /** the first attempt first */
  log: { number: number; attemptedAt: string; status: number | null; durationMs: number; error: string | null }[];
}

export interface DeliveryFilter {
  state?: DeliveryState;
  operationId?: string;
  /** the last deliveryId of the page before */
  before?: string;
  /** rows of a page */
  limit: number;
}

const inTree = `account_id = any(array(
  select account_id from inventory.account where path @> array[$1::text]))`;

const deliveryColumns = `
  delivery_id as "deliveryId", tenant_id as "tenantId", account_id as "accountId", client_id as "clientId",
  operation_id as "operationId", subscription_id as "subscriptionId", url, state, attempts, due_at as "dueAt",
  last_status as "lastStatus", last_error as "lastError", created_at as "createdAt", ended_at as "endedAt"`;

/** Deliveries for clients of the tree under `accountId`, newest first: a page of them. */
export function listDeliveries(tx: Tx, accountId: string, filter: DeliveryFilter): Promise<Delivery[]> {
  return tx.query<Delivery>(
    `select page.*, coalesce(log.attempts, '[]') as log
     from (
       select ${deliveryColumns} from callbacks.delivery
       where ${inTree}
         and ($2::text is null or state = $2) and ($3::uuid is null or operation_id = $3)
         and ($4::uuid is null or delivery_id < $4)
       order by delivery_id desc limit $5) as page
     cross join lateral (
       select json_agg(json_build_object('number', number, 'attemptedAt', attempted_at, 'status', status,
         'durationMs', duration_ms, 'error', error) order by number) as attempts
       from callbacks.attempt where delivery_id = page."deliveryId") as log
     order by "deliveryId" desc`,
    [accountId, filter.state ?? null, filter.operationId ?? null, filter.before ?? null, filter.limit],
  );
}

/** Tries one again that was given up; returns whether a client of the tree under `accountId` had such a one. */
export async function retryDelivery(tx: Tx, accountId: string, deliveryId: string): Promise<boolean> {
  const changed = await tx.execute(
    `update callbacks.delivery
     set state = 'DUE', due_at = clock_timestamp(), ended_at = null, earlier_attempts = attempts
     where delivery_id = $2 and state = 'GIVEN_UP' and ${inTree}`,
    [accountId, deliveryId],
  );
  return changed > 0;
}

/** Deletes up to `limit` deliveries, with their attempts, that are older than so many days; returns how many. */
export async function deleteOldDeliveries(tx: Tx, retentionDays: number, limit: number): Promise<number> {
  const [row] = await tx.query<{ deleted: number }>(
    `with old as (
       delete from callbacks.delivery
       where delivery_id = any(array(
         select delivery_id from callbacks.delivery
         where delivery_id < operations.uuid_at(now() - make_interval(days => $1)) order by delivery_id limit $2))
       returning delivery_id
     ), attempts as (
       delete from callbacks.attempt where delivery_id = any(array(select delivery_id from old))
     )
     select count(*)::int as deleted from old`,
    [retentionDays, limit],
  );
  return row?.deleted ?? 0;
}

import { uuids, type Tx } from '#libs/postgres';
import type { Subscriber } from './rows.js';

type Row = { now: number } & { [Column in keyof Subscriber]: Subscriber[Column] | null };

/**
 * Locks subscribers in the order of their ids, which is that of every batch, and returns them with a moment after the
 * last lock. The lock covers a subscriber's resources and SIM too; it lets foreign keys and readers pass.
 */
export async function lockSubscribers(
  tx: Tx,
  subscriberIds: string[],
): Promise<{ now: Date; subscribers: Subscriber[] }> {
  // The clock is read outside the CTE, row by row: inside, it would be read before the row is locked.
  const rows = await tx.query<Row>(
    `with locked as materialized (
       select subscriber_id, s.tenant_id, account_id, path, external_id, state, platform, version, changed_at
       from inventory.subscriber s join inventory.account using (account_id)
       where subscriber_id = any((select $1::uuid[])::uuid[])
       order by subscriber_id
       for no key update of s
     )
     select (extract(epoch from clock_timestamp()) * 1000)::float8 as now, subscriber_id as "subscriberId",
            tenant_id as "tenantId", account_id as "accountId", path as "accountPath", external_id as "externalId", state,
            platform, version, changed_at as "changedAt"
     from (values (1)) as always left join locked on true`,
    [uuids(subscriberIds)],
  );
  const now = new Date(Math.max(...rows.map((row) => row.now)));
  return { now, subscribers: rows.filter((row): row is Subscriber & { now: number } => row.subscriberId !== null) };
}

import { uuids, type Tx } from '#libs/postgres';
import { wantedNames, wantedSubscriberIds } from './find-subscriber-ids.sql.js';
import type { Subscriber } from './rows.js';
import type { Wanted } from './wanted.js';

/** Without what its account says. */
export type LockedSubscriber = Omit<Subscriber, 'accountPath'>;

type Row = { now: number } & { [Column in keyof LockedSubscriber]: LockedSubscriber[Column] | null };

/**
 * Locks the subscribers that are named, or hold what is wanted as the statement begins, in the order of their ids, which is
 * that of every batch, and returns them with a moment after the last lock. The lock covers a subscriber's resources and SIM
 * too; it lets foreign keys and readers pass. Accounts are not joined: a row lock within the join drops a subscriber who has
 * moved to another account by the time he is no longer held.
 */
export async function lockSubscribers(tx: Tx, wanted: Wanted): Promise<{ now: Date; subscribers: LockedSubscriber[] }> {
  // The clock is read outside the CTE, row by row: inside, it would be read before the row is locked.
  const rows = await tx.query<Row>(
    `with locked as materialized (
       select subscriber_id, tenant_id, account_id, external_id, state, platform, version, changed_at
       from inventory.subscriber
       where subscriber_id = any(array(${wantedSubscriberIds} union all select unnest((select $7::uuid[]))))
       order by subscriber_id
       for no key update
     )
     select (extract(epoch from clock_timestamp()) * 1000)::float8 as now, subscriber_id as "subscriberId",
            tenant_id as "tenantId", account_id as "accountId", external_id as "externalId", state, platform, version,
            changed_at as "changedAt"
     from (values (1)) as always left join locked on true`,
    [...wantedNames(wanted), uuids([...wanted.subscriberIds])],
  );
  const now = new Date(Math.max(...rows.map((row) => row.now)));
  return {
    now,
    subscribers: rows.filter((row): row is LockedSubscriber & { now: number } => row.subscriberId !== null),
  };
}

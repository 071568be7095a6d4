import type { Tx } from '#libs/postgres';

/** Deletes up to `limit` settled requests that ended more than so many days ago; returns how many. */
export function deleteOldRequests(tx: Tx, retentionDays: number, limit: number): Promise<number> {
  return tx.execute(
    `delete from platforms.request
     where operation_id = any(array(
       select operation_id from platforms.request
       where settled and ended_at < now() - make_interval(days => $1) order by ended_at limit $2))`,
    [retentionDays, limit],
  );
}

import type { Tx } from '#libs/postgres';

/** Makes the partitions of today and the `daysAhead` days after it, as far as they are missing; returns how many. */
export async function ensurePartitions(tx: Tx, daysAhead: number): Promise<number> {
  const [row] = await tx.query<{ made: number }>(
    `select operations.ensure_partitions((now() at time zone 'UTC')::date, $1) as made`,
    [daysAhead + 1],
  );
  return row?.made ?? 0;
}

/** Drops the partitions of operations that are older than so many days; returns how many. */
export async function dropExpiredPartitions(tx: Tx, retentionDays: number): Promise<number> {
  const [row] = await tx.query<{ dropped: number }>(
    `select operations.drop_partitions((now() at time zone 'UTC')::date - $1::int) as dropped`,
    [retentionDays],
  );
  return row?.dropped ?? 0;
}

/** Deletes up to `limit` request keys that are older than so many days; returns how many. */
export function deleteOldRequestKeys(tx: Tx, retentionDays: number, limit: number): Promise<number> {
  return tx.execute(
    `delete from operations.request_key
     where (tenant_id, scope, key) in (
       select tenant_id, scope, key from operations.request_key
       where created_at < now() - make_interval(days => $1) limit $2)`,
    [retentionDays, limit],
  );
}

/** Tables of what callers see of operations. */
export const monitorTables = ['monitor', 'service_monitor'] as const;

/** Deletes up to `limit` monitors of a table that are older than so many days; returns how many. */
export function deleteOldMonitors(
  tx: Tx,
  table: (typeof monitorTables)[number],
  retentionDays: number,
  limit: number,
): Promise<number> {
  return tx.execute(
    `delete from operations.${table}
     where operation_id = any(array(
       select operation_id from operations.${table} where created_at < now() - make_interval(days => $1) limit $2))`,
    [retentionDays, limit],
  );
}

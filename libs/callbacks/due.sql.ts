import type { Tx } from '#libs/postgres';

export interface DueSweep {
  /** deliveries whose operation has ended since the last look */
  due: number;
  /** where the next look begins; undefined when this one has come to the end */
  next: string | undefined;
}

/**
 * Looks at up to `limit` deliveries that wait, from `after` on in their order, and makes those due whose operations have
 * ended. Only these are written.
 */
export async function sweepWaiting(tx: Tx, after: string, limit: number): Promise<DueSweep> {
  const [row] = await tx.query<{ due: number; seen: number; last: string | null }>(
    `with waiting as materialized (
       select delivery_id, operation_id from callbacks.delivery
       where state = 'WAITING' and delivery_id > $1::uuid
       order by delivery_id limit $2
     ), ended as materialized (
       select delivery_id, correlation_id, updated_at, status = 'COMPLETED' as completed
       from waiting cross join lateral (
         -- With the limit it stays a look by the key.
         select correlation_id, updated_at, status from operations.operation
         where operation_id = waiting.operation_id limit 1) as operation
       where status not in ('ACCEPTED', 'IN_PROGRESS')
     ), dropped as (
       -- What has failed has changed nothing.
       delete from callbacks.delivery using ended
       where delivery.delivery_id = ended.delivery_id and event_type = 'ServiceStateChangeEvent' and not completed
     ), made_due as (
       update callbacks.delivery
       set state = 'DUE', due_at = clock_timestamp(), correlation_id = ended.correlation_id, event_time = ended.updated_at
       from ended
       where delivery.delivery_id = ended.delivery_id and delivery.state = 'WAITING'
         and (completed or event_type <> 'ServiceStateChangeEvent')
       returning 1
     )
     select (select count(*) from made_due)::int as due, (select count(*) from waiting)::int as seen,
       (select delivery_id from waiting order by delivery_id desc limit 1) as last`,
    [after, limit],
  );
  const { due = 0, seen = 0, last = null } = row ?? {};
  return { due, next: seen === limit && last !== null ? last : undefined };
}

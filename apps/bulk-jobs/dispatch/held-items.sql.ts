import { integers, rowsOf, texts, uuids, type Tx } from '#libs/postgres';
import type { PendingItem } from './items.sql.js';

export interface HeldItem {
  jobId: string;
  ordinal: number;
  platform: string;
}

export async function insertHeld(tx: Tx, items: HeldItem[]): Promise<void> {
  if (items.length === 0) return;
  await tx.execute(`insert into bulk.held (job_id, ordinal, platform) ${rowsOf(['uuid', 'integer', 'text'])}`, [
    uuids(items.map(({ jobId }) => jobId)),
    integers(items.map(({ ordinal }) => ordinal)),
    texts(items.map(({ platform }) => platform)),
  ]);
}

/** The first items of a job that wait for a platform: at most `count`. */
export interface HeldRange {
  jobId: string;
  platform: string;
  count: number;
}

/** Ends the waiting of these items; returns them in the order of jobs and ordinals. */
export async function takeHeld(tx: Tx, wanted: HeldRange[]): Promise<PendingItem[]> {
  if (wanted.length === 0) return [];
  return tx.query<PendingItem>(
    `with taken as (
       delete from bulk.held
       where ctid = any(array(
         select next.ctid from unnest($1::uuid[], $2::text[], $3::int[]) as wanted (job_id, platform, count)
         cross join lateral (
           select ctid from bulk.held
           where held.job_id = wanted.job_id and held.platform = wanted.platform
           order by held.ordinal limit wanted.count) as next))
       returning job_id, ordinal
     )
     select item.operation_id as "operationId", taken.job_id as "jobId", taken.ordinal, item.data
     from taken cross join lateral (
       select operation_id, data from bulk.item
       where item.job_id = taken.job_id and item.ordinal = taken.ordinal limit 1) as item
     order by taken.job_id, taken.ordinal`,
    [
      uuids(wanted.map(({ jobId }) => jobId)),
      texts(wanted.map(({ platform }) => platform)),
      integers(wanted.map(({ count }) => count)),
    ],
  );
}

export interface CancelledHeld {
  jobId: string;
  platform: string;
  items: number;
}

/** Ends up to `limit` waiting items of these jobs as CANCELLED; returns how many, by job and platform. */
export async function cancelHeld(tx: Tx, jobIds: string[], limit: number, error: string): Promise<CancelledHeld[]> {
  if (jobIds.length === 0) return [];
  return tx.query<CancelledHeld>(
    `with dropped as (
       delete from bulk.held
       where ctid = any(array(
         select next.ctid from unnest($1::uuid[]) as job (id)
         cross join lateral (
           select ctid from bulk.held where held.job_id = job.id order by held.ordinal limit $2) as next
         limit $2))
       returning job_id, ordinal, platform
     ), ended as (
       insert into bulk.item_result (job_id, ordinal, status, error, ended_at)
       select job_id, ordinal, 'CANCELLED', $3, clock_timestamp() from dropped
     )
     select job_id as "jobId", platform, count(*)::int as items from dropped group by 1, 2`,
    [uuids(jobIds), limit, error],
  );
}

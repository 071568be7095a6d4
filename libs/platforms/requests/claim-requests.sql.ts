import type { PlatformChange } from '#libs/contracts';
import { uuids, type Tx } from '#libs/postgres';
import type { PlatformConfig } from '../platform.js';
import { notSettled } from './not-settled.js';
import { laneNumbers } from './request.js';
import type { ClaimedRequest } from './step.js';

export interface ClaimOptions {
  platform: Pick<PlatformConfig, 'name' | 'idempotent' | 'giveUpMs'>;
  limit: number;
  /** how long the claim lasts */
  leaseMs: number;
}

export type ClaimedRow = Omit<ClaimedRequest, 'change' | 'sendBefore' | 'lastAnswer'> & {
  change: string;
  statusCode: number | null;
  message: string | null;
};

const due = (lane: number): string => `
  select operation_id, uncertain from platforms.request
  where platform = $1 and lane = ${lane} and not settled and due_at <= statement_timestamp()
  order by due_at`;

/**
 * Claims due requests of a platform, the longest due first, those that callers wait for before all others; one that another
 * process is claiming is left. `uncertain` comes as it was: the row says from now on that something may have been sent,
 * until a step says otherwise. So a claim that was lost shows, and a platform that carries out repeats is asked first.
 */
export function claimDue(tx: Tx, { platform, limit, leaseMs }: ClaimOptions): Promise<ClaimedRow[]> {
  return tx.query<ClaimedRow>(
    `with interactive as materialized (${due(0)} limit $2 for update skip locked),
       stream as materialized (${due(1)} limit $2 - (select count(*) from interactive) for update skip locked),
       due as (select * from interactive union all select * from stream),
       clock as materialized (select date_trunc('milliseconds', clock_timestamp()) as time)
     update platforms.request as request
     set due_at = clock.time + $3::float8 * interval '1 millisecond',
       attempts = request.attempts + 1,
       give_up_at = coalesce(request.give_up_at, clock.time + $4::float8 * interval '1 millisecond'),
       state = case when request.state = 'QUEUED' and request.uncertain and not $5 then 'CHECKING' else request.state end,
       uncertain = request.uncertain or request.state = 'QUEUED'
     from due, clock
     where request.operation_id = due.operation_id
     returning request.operation_id as "operationId", tenant_id as "tenantId", actor, correlation_id as "correlationId",
       platform, iccid, subscriber_id as "subscriberId", change, lane = 0 as "callerWaits", state, due.uncertain, attempts, give_up_at as "giveUpAt",
       platform_request_id as "platformRequestId", status_code as "statusCode", message, created_at as "createdAt",
       clock.time as "claimedAt", due_at as "claimedUntil",
       exists (select from operations.operation where operation.operation_id = request.operation_id
         and operation.status in ('ACCEPTED', 'IN_PROGRESS')
         and (operation.deadline is null or operation.deadline >= clock.time)) as "operationOpen"`,
    [platform.name, limit, leaseMs, platform.giveUpMs, platform.idempotent],
  );
}

/** Those of these platforms that have something due. */
export async function readDuePlatforms(tx: Tx, platforms: string[]): Promise<string[]> {
  if (platforms.length === 0) return [];
  const firstDue = (lane: number): string =>
    `(select min(due_at) from platforms.request where platform = name and lane = ${lane} and not settled)`;
  const rows = await tx.query<{ name: string }>(
    `select name from unnest($1::text[]) as name
     where least(${firstDue(laneNumbers.interactive)}, ${firstDue(laneNumbers.stream)}) <= statement_timestamp()`,
    [platforms],
  );
  return rows.map(({ name }) => name);
}

/** Gives claims up that are not needed: each request is due again after a pause, which doubles from claim to claim. */
export async function postpone(
  tx: Tx,
  operationIds: string[],
  { firstMs, longestMs }: { firstMs: number; longestMs: number },
): Promise<void> {
  if (operationIds.length === 0) return;
  await tx.execute(
    `update platforms.request
     set due_at = clock_timestamp()
       + least($2::float8 * 2.0 ^ least(attempts - 1, 20), $3::float8) * interval '1 millisecond'
     where operation_id = any(array(
       select operation_id from platforms.request where operation_id = any($1::uuid[]) and ${notSettled}
       order by operation_id for update))`,
    [uuids(operationIds), firstMs, longestMs],
  );
}

export const changeOf = (json: string): PlatformChange => JSON.parse(json) as PlatformChange;

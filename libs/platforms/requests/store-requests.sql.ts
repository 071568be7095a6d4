import { smallints, texts, uuids, type Tx } from '#libs/postgres';
import { laneNumbers, type NewRequest } from './request.js';

/** How a request that is not taken ends. */
export const refusals = {
  notConfigured: 'The platform is not configured.',
  notConnected: 'The platform is not connected.',
  queueFull: "The platform's queue is full.",
} as const;
export const refusedStatus = 503;

export interface StoredRow {
  operationId: string;
  platform: string;
  /** why it FAILED at once; null: it is QUEUED */
  refusal: string | null;
}

/** Inserts requests that are not there yet, each named once; those that their platform has no room for as FAILED. */
export function insertRequests(tx: Tx, requests: NewRequest[]): Promise<StoredRow[]> {
  return tx.query<StoredRow>(
    `with given as (
       select given.*, row_number() over (partition by platform order by ordinality) as place
       from unnest($1::uuid[], ${[2, 3, 4, 5, 6].map((n) => `$${n}::text[]`).join()}, $7::smallint[],
         $8::text[], $9::text[], $10::uuid[], $11::text[])
         with ordinality as given (operation_id, tenant_id, actor, correlation_id, request_id, transaction_id, lane, platform,
           iccid, subscriber_id, change, ordinality)
     ), room as materialized (
       select name, base_url is not null as connected, queue_limit - (
           select count(*) from platforms.request where request.platform = platform.name and not settled) as places
       from platforms.platform where name in (select platform from given)
     ), judged as (
       select given.*, case when name is null then $12 when not connected then $13 when place > places then $14 end as refusal
       from given left join room on name = platform
     )
     insert into platforms.request (operation_id, tenant_id, actor, correlation_id, request_id, transaction_id, lane, platform,
       iccid, subscriber_id, change, state, settled, due_at, status_code, message, created_at, updated_at, ended_at)
     select operation_id, tenant_id, actor, correlation_id, request_id, transaction_id, lane, platform,
       iccid, subscriber_id, change, case when refusal is null then 'QUEUED' else 'FAILED' end, refusal is not null,
       case when refusal is null then clock_timestamp() end, case when refusal is not null then $15::int end, refusal,
       clock_timestamp(), clock_timestamp(), case when refusal is not null then clock_timestamp() end
     from judged order by operation_id
     on conflict (operation_id) do nothing
     returning operation_id as "operationId", platform, case when settled then message end as refusal`,
    [
      uuids(requests.map((request) => request.operationId)),
      texts(requests.map((request) => request.tenantId)),
      texts(requests.map((request) => request.actor)),
      texts(requests.map((request) => request.correlationId)),
      texts(requests.map((request) => request.requestId)),
      texts(requests.map(({ transactionId }) => (transactionId === '' ? null : transactionId))),
      smallints(requests.map((request) => laneNumbers[request.lane])),
      texts(requests.map((request) => request.platform)),
      texts(requests.map((request) => request.iccid)),
      uuids(requests.map((request) => request.subscriberId)),
      texts(requests.map((request) => JSON.stringify(request.change))),
      ...Object.values(refusals),
      refusedStatus,
    ],
  );
}

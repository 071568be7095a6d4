import { integers, texts, timestamps, uuids, type Tx } from '#libs/postgres';
import type { DeliveryStep } from './decide-delivery.js';

/** What an attempt came to. */
export interface Attempted {
  deliveryId: string;
  claim: string;
  attempt: number;
  attemptedAt: Date;
  /** HTTP; null where no answer came */
  status: number | null;
  durationMs: number;
  /** null for one that was delivered */
  error: string | null;
  step: DeliveryStep;
}

/**
 * Records attempts in the log, and what follows from each, unless its lease had run out and another process took over.
 */
export async function recordAttempts(tx: Tx, attempted: Attempted[]): Promise<void> {
  if (attempted.length === 0) return;
  await tx.execute(
    `with result as materialized (
       select * from unnest($1::uuid[], $2::uuid[], $3::int[], $4::timestamptz[], $5::int[], $6::int[], $7::text[],
                            $8::text[], $9::int[])
         as result (delivery_id, claim, number, attempted_at, status, duration_ms, error, state, due_in_ms)
     ), logged as (
       insert into callbacks.attempt (delivery_id, number, attempted_at, status, duration_ms, error)
       select delivery_id, number, attempted_at, status, duration_ms, error from result
       on conflict do nothing
     )
     update callbacks.delivery
     set state = result.state, claim = null, last_status = result.status, last_error = result.error,
         due_at = case when result.state = 'DUE'
                       then clock_timestamp() + make_interval(secs => result.due_in_ms::float8 / 1000) end,
         ended_at = case when result.state <> 'DUE' then clock_timestamp() end
     from result
     where delivery.delivery_id = result.delivery_id and delivery.claim = result.claim
       and delivery.delivery_id = any($1::uuid[])`,
    [
      uuids(attempted.map((one) => one.deliveryId)),
      uuids(attempted.map((one) => one.claim)),
      integers(attempted.map((one) => one.attempt)),
      timestamps(attempted.map((one) => one.attemptedAt)),
      integers(attempted.map((one) => one.status)),
      integers(attempted.map((one) => one.durationMs)),
      texts(attempted.map((one) => one.error)),
      texts(attempted.map((one) => one.step.state)),
      integers(attempted.map((one) => (one.step.state === 'DUE' ? one.step.dueInMs : null))),
    ],
  );
}

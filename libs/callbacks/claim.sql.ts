import { integers, type Tx } from '#libs/postgres';
import type { CallbackFacade, EventType } from './event.js';

/** A delivery that this process alone attempts, until its lease ends. */
export interface ClaimedDelivery {
  deliveryId: string;
  claim: string;
  tenantId: string;
  clientId: string;
  operationId: string;
  subscriptionId: string | null;
  url: string;
  host: string;
  /** of the subscription, else the client's; null when that is no more */
  sealedSecret: string | null;
  /** for the links in the event */
  facadeUrl: string;
  correlationId: string;
  eventTime: Date;
  facade: CallbackFacade;
  eventType: EventType;
  /** number of this attempt, from 1 */
  attempt: number;
  /** those before it was last tried again by hand */
  earlierAttempts: number;
}

export interface ClaimWish {
  /** in all */
  limit: number;
  perHost: number;
  /** hosts with attempts under way, and how many more each may have */
  room: ReadonlyMap<string, number>;
  /** hosts are taken in their order from this one on */
  afterHost: string;
  leaseMs: number;
}

/**
 * Claims deliveries that are due, of each host only so many: a long queue of one is not even read. What was claimed by a
 * process that has ended is due again when the lease has run out.
 */
export function claimDeliveries(
  tx: Tx,
  { limit, perHost, room, afterHost, leaseMs }: ClaimWish,
): Promise<ClaimedDelivery[]> {
  return tx.query<ClaimedDelivery>(
    `with recursive host (name) as (
       (select host from callbacks.delivery where state = 'DUE' and host > $3 order by host limit 1)
       union all
       select (select host from callbacks.delivery where state = 'DUE' and host > host.name order by host limit 1)
       from host where host.name is not null
     ), claimed as (
       update callbacks.delivery
       set claim = gen_random_uuid(), attempts = attempts + 1,
           due_at = clock_timestamp() + make_interval(secs => $6::float8 / 1000)
       where delivery_id = any(array(
         select candidate.delivery_id
         from host
         left join unnest($4::text[], $5::int[]) as busy (host, room) on busy.host = host.name
         cross join lateral (
           select delivery_id from callbacks.delivery
           where state = 'DUE' and delivery.host = host.name and due_at <= clock_timestamp()
           order by due_at limit coalesce(busy.room, $2)
           for update skip locked) as candidate
         limit $1))
       returning delivery.*
     )
     select delivery_id as "deliveryId", claim, claimed.tenant_id as "tenantId", claimed.client_id as "clientId",
       operation_id as "operationId", claimed.subscription_id as "subscriptionId", url, host,
       case when claimed.subscription_id is null then client_secret.sealed_secret else subscription.sealed_secret end
         as "sealedSecret",
       facade_url as "facadeUrl", claimed.correlation_id as "correlationId", event_time as "eventTime", claimed.facade,
       event_type as "eventType", attempts as attempt,
       earlier_attempts as "earlierAttempts"
     from claimed
     left join callbacks.subscription on subscription.subscription_id = claimed.subscription_id
     left join callbacks.client_secret on client_secret.client_id = claimed.client_id
     order by host`,
    [limit, perHost, afterHost, [...room.keys()], integers([...room.values()]), leaseMs],
  );
}

import { integers, rowsOf, rowsToJoin, texts, timestamps, uuids, type Tx } from '#libs/postgres';
import type { SubscriberOffer } from './rows.js';

/** An offer that a tenant's subscribers may be given. */
export interface Offer {
  tenantId: string;
  offerId: string;
  name: string;
}

/**
 * Inserts offers of tenants that exist; offers that exist are left as they are. Returns how many were inserted. A tenant
 * is a root account: an offer of another account, or of none, is not inserted.
 */
export const insertOffers = (tx: Tx, offers: Offer[]): Promise<number> =>
  tx.execute(
    `insert into inventory.offer (tenant_id, offer_id, name)
     select fresh.tenant_id, offer_id, fresh.name
     from unnest($1::text[], $2::text[], $3::text[]) as fresh(tenant_id, offer_id, name)
     join inventory.account on account_id = fresh.tenant_id and parent_id is null
     order by fresh.tenant_id, offer_id
     on conflict (tenant_id, offer_id) do nothing`,
    [offers.map((offer) => offer.tenantId), offers.map((offer) => offer.offerId), offers.map((offer) => offer.name)],
  );

/** A tenant's offers by id. */
export const listOffers = (tx: Tx, tenantId: string): Promise<Offer[]> =>
  tx.query<Offer>(
    `select tenant_id as "tenantId", offer_id as "offerId", name
     from inventory.offer where tenant_id = $1 order by offer_id`,
    [tenantId],
  );

/** Those offers of the wanted ids that the tenants have. */
export const selectOffers = (tx: Tx, tenantIds: string[], offerIds: string[]): Promise<Omit<Offer, 'name'>[]> =>
  tx.query(
    `select tenant_id as "tenantId", offer_id as "offerId"
     from inventory.offer where tenant_id = any($1) and offer_id = any($2)`,
    [tenantIds, offerIds],
  );

/** Which of the wanted offers the subscribers have. */
export const selectSubscriberOffers = (
  tx: Tx,
  subscriberIds: string[],
  offerIds: string[],
): Promise<SubscriberOffer[]> =>
  tx.query<SubscriberOffer>(
    `select subscriber_offer_id as "subscriberOfferId", subscriber_id as "subscriberId", tenant_id as "tenantId",
            offer_id as "offerId", version, attached_at as "attachedAt"
     from inventory.subscriber_offer
     where subscriber_id = any((select $1::uuid[])::uuid[]) and offer_id = any((select $2::text[])::text[])`,
    [uuids(subscriberIds), offerIds],
  );

/** By subscriber and offer. */
export const deleteSubscriberOffers = (
  tx: Tx,
  keys: Pick<SubscriberOffer, 'subscriberId' | 'offerId'>[],
): Promise<number> =>
  tx.execute(
    `delete from inventory.subscriber_offer o
     using ${rowsToJoin(['uuid', 'text'])} as gone(subscriber_id, offer_id)
     where o.subscriber_id = gone.subscriber_id and o.offer_id = gone.offer_id`,
    [uuids(keys.map((key) => key.subscriberId)), texts(keys.map((key) => key.offerId))],
  );

/** Inserts attachments in the one order of their keys. */
export const insertSubscriberOffers = (tx: Tx, offers: SubscriberOffer[]): Promise<number> =>
  tx.execute(
    `insert into inventory.subscriber_offer
       (subscriber_offer_id, subscriber_id, tenant_id, offer_id, version, attached_at)
     select * from ${rowsOf(['uuid', 'uuid', 'text', 'text', 'integer', 'timestamptz'])}
       as fresh(subscriber_offer_id, subscriber_id, tenant_id, offer_id, version, attached_at)
     order by subscriber_id, offer_id`,
    [
      uuids(offers.map((row) => row.subscriberOfferId)),
      uuids(offers.map((row) => row.subscriberId)),
      texts(offers.map((row) => row.tenantId)),
      texts(offers.map((row) => row.offerId)),
      integers(offers.map((row) => row.version)),
      timestamps(offers.map((row) => row.attachedAt)),
    ],
  );

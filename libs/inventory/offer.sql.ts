import type { Tx } from '#libs/postgres';

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

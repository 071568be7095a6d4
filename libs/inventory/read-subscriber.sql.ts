import type { SimStatus, SubscriberState } from '#libs/contracts';
import type { Tx } from '#libs/postgres';

/** A subscriber as a facade shows it. */
export interface SubscriberDetails {
  subscriberId: string;
  tenantId: string;
  accountId: string;
  accountPath: string[];
  externalId: string;
  state: SubscriberState;
  platform: string | null;
  iccid: string | null;
  imsi: string | null;
  simStatus: SimStatus | null;
  /** null: the SIM has not been ACTIVE yet, or its first activation was reset */
  firstActivatedAt: Date | null;
}

export interface CurrentResource {
  id: string;
  type: string;
  value: string;
  validFrom: Date;
}

export interface AttachedOffer {
  offerId: string;
  name: string;
  attachedAt: Date;
}

export async function selectSubscriberDetails(tx: Tx, subscriberId: string): Promise<SubscriberDetails | undefined> {
  const rows = await tx.query<SubscriberDetails>(
    `select subscriber_id as "subscriberId", s.tenant_id as "tenantId", account_id as "accountId",
            path as "accountPath", external_id as "externalId", state, s.platform, iccid, imsi, status as "simStatus",
            first_activated_at as "firstActivatedAt"
     from inventory.subscriber s
     join inventory.account using (account_id)
     left join inventory.sim using (subscriber_id, account_id)
     where subscriber_id = $1`,
    [subscriberId],
  );
  return rows[0];
}

/** By type and value. */
export const selectCurrentResources = (tx: Tx, subscriberId: string): Promise<CurrentResource[]> =>
  tx.query<CurrentResource>(
    `select resource_id as id, type, value, valid_from as "validFrom"
     from inventory.resource where subscriber_id = $1 order by type, value`,
    [subscriberId],
  );

/** By the time of their attachment. */
export const selectAttachedOffers = (tx: Tx, subscriberId: string): Promise<AttachedOffer[]> =>
  tx.query<AttachedOffer>(
    `select offer_id as "offerId", name, attached_at as "attachedAt"
     from inventory.subscriber_offer join inventory.offer using (tenant_id, offer_id)
     where subscriber_id = $1 order by attached_at, offer_id`,
    [subscriberId],
  );

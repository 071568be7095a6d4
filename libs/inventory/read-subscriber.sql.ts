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
}

export async function selectSubscriberDetails(tx: Tx, subscriberId: string): Promise<SubscriberDetails | undefined> {
  const rows = await tx.query<SubscriberDetails>(
    `select subscriber_id as "subscriberId", s.tenant_id as "tenantId", account_id as "accountId",
            path as "accountPath", external_id as "externalId", state, s.platform, iccid, imsi, status as "simStatus"
     from inventory.subscriber s
     join inventory.account using (account_id)
     left join inventory.sim using (subscriber_id, account_id)
     where subscriber_id = $1`,
    [subscriberId],
  );
  return rows[0];
}

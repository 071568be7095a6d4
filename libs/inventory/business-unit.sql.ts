import { rowsToJoin, texts, type Tx } from '#libs/postgres';

/** A business unit and the accounts it is made of; those below them belong to it as well. */
export interface BusinessUnit {
  businessId: string;
  accountIds: string[];
}

/** By business id. */
export const listBusinessUnits = (tx: Tx): Promise<BusinessUnit[]> =>
  tx.query<BusinessUnit>(
    `select business_id as "businessId", array_agg(account_id order by account_id) as "accountIds"
     from inventory.business_unit group by business_id order by business_id`,
  );

/** The accounts of a business unit, of all tenants; none when it is not configured. */
export async function accountsOfBusinessUnit(tx: Tx, businessId: string): Promise<string[]> {
  const rows = await tx.query<{ accountId: string }>(
    'select account_id as "accountId" from inventory.business_unit where business_id = $1',
    [businessId],
  );
  return rows.map(({ accountId }) => accountId);
}

/** Gives a business unit exactly these accounts; returns how many of them exist. No account ends the unit. */
export async function saveBusinessUnit(tx: Tx, { businessId, accountIds }: BusinessUnit): Promise<number> {
  await tx.execute('delete from inventory.business_unit where business_id = $1 and account_id <> all($2)', [
    businessId,
    accountIds,
  ]);
  await tx.execute(
    `insert into inventory.business_unit (business_id, account_id)
     select $1, account_id from inventory.account where account_id = any($2)
     on conflict do nothing`,
    [businessId, accountIds],
  );
  return (await accountsOfBusinessUnit(tx, businessId)).length;
}

/** A SIM that was looked for, and who has it. */
export interface FoundSim {
  iccid: string;
  subscriberId: string | null;
}

/** Those of the SIMs that are in a tree under `accountId` and in one under any of `unitAccountIds`. */
export const findSimsOfUnit = (
  tx: Tx,
  { accountId, unitAccountIds, iccids }: { accountId: string; unitAccountIds: string[]; iccids: string[] },
): Promise<FoundSim[]> =>
  tx.query<FoundSim>(
    `select iccid, subscriber_id as "subscriberId"
     from ${rowsToJoin(['text'])} as wanted (iccid)
     join inventory.sim using (iccid)
     join inventory.account using (account_id)
     where path @> array[$2::text] and path && $3::text[]`,
    [texts(iccids), accountId, unitAccountIds],
  );

import type { SimStatus } from '#libs/contracts';
import type { Tx } from '#libs/postgres';

export interface SubscriberName {
  tenantId: string;
  externalId: string;
}

/** Positions in `names` of the subscribers that exist. */
export async function findExisting(tx: Tx, names: SubscriberName[]): Promise<Set<number>> {
  const rows = await tx.query<{ position: number }>(
    `select position::int - 1 as position
     from unnest($1::text[], $2::text[]) with ordinality as wanted (tenant_id, external_id, position)
     join inventory.subscriber using (tenant_id, external_id)`,
    [names.map((name) => name.tenantId), names.map((name) => name.externalId)],
  );
  return new Set(rows.map((row) => row.position));
}

export interface CommandState {
  commandId: string;
  status: string;
  /** code of the error it ended with */
  code: string | null;
}

/** The operations of those commands of a source that have been handled; an id is used once over all tenants. */
export function readCommandStates(tx: Tx, source: string, commandIds: string[]): Promise<CommandState[]> {
  return tx.query<CommandState>(
    `select message_id as "commandId", status, error::json->>'code' as code
     from inventory.account
     join messaging.inbox on inbox.tenant_id = account.account_id and source = $1 and message_id = any($2)
     join operations.operation using (operation_id)
     where account.parent_id is null`,
    [source, commandIds],
  );
}

/** The SIMs on these platforms, as Simyard has them. */
export const readSims = (
  tx: Tx,
  platforms: string[],
): Promise<{ platform: string; iccid: string; status: SimStatus; account: string }[]> =>
  tx.query('select platform, iccid, status, account_id as account from inventory.sim where platform = any($1)', [
    platforms,
  ]);

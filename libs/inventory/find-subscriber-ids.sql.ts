import { texts, type Tx } from '#libs/postgres';
import type { Wanted } from './wanted.js';

/**
 * Ids of the subscribers that external ids name and of those that hold wanted values or SIMs now. Takes no lock: what it
 * finds is locked next and then read again. The scalar subselects hide the arrays' lengths from the planner, which else
 * takes a scan of the whole table for cheaper than a thousand index look-ups.
 */
export async function findSubscriberIds(tx: Tx, wanted: Wanted): Promise<string[]> {
  const names = [...wanted.externalIds.values()];
  const keys = [...wanted.resources.values()];
  const rows = await tx.query<{ id: string }>(
    `select subscriber_id as id
     from unnest((select $1::text[]), (select $2::text[])) as named(tenant_id, external_id)
     join inventory.subscriber using (tenant_id, external_id)
     union all
     select subscriber_id
     from unnest((select $3::text[]), (select $4::text[]), (select $5::text[])) as wanted(type, scope, value)
     join inventory.resource r on r.type = wanted.type and r.scope = wanted.scope and r.value = wanted.value
     union all
     select subscriber_id from inventory.sim where iccid = any((select $6::text[])::text[]) and subscriber_id is not null`,
    [
      texts(names.map((name) => name.tenantId)),
      texts(names.map((name) => name.externalId)),
      texts(keys.map((key) => key.type)),
      texts(keys.map((key) => key.scope)),
      texts(keys.map((key) => key.value)),
      [...wanted.iccids],
    ],
  );
  return rows.map((row) => row.id);
}

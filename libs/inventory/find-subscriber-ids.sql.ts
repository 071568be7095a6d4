import { rowsToJoin, texts, type Tx } from '#libs/postgres';
import type { Wanted } from './wanted.js';

/**
 * Select of the ids of subscribers that external ids name and of those that hold wanted values or SIMs now, from the parameters
 * of `wantedNames`.
 */
export const wantedSubscriberIds = `
  select subscriber_id
  from ${rowsToJoin(['text', 'text'])} as named(tenant_id, external_id)
  join inventory.subscriber using (tenant_id, external_id)
  union all
  select subscriber_id
  from ${rowsToJoin(['text', 'text', 'text'], 3)} as wanted(type, scope, value)
  join inventory.resource r on r.type = wanted.type and r.scope = wanted.scope and r.value = wanted.value
  union all
  select subscriber_id from inventory.sim where iccid = any((select $6::text[])::text[]) and subscriber_id is not null`;

export function wantedNames(wanted: Wanted): Buffer[] {
  const names = [...wanted.externalIds.values()];
  const keys = [...wanted.resources.values()];
  return [
    texts(names.map((name) => name.tenantId)),
    texts(names.map((name) => name.externalId)),
    texts(keys.map((key) => key.type)),
    texts(keys.map((key) => key.scope)),
    texts(keys.map((key) => key.value)),
    texts([...wanted.iccids]),
  ];
}

/** Ids of the subscribers that names stand for. Takes no lock. */
export async function findSubscriberIds(tx: Tx, wanted: Wanted): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select subscriber_id as id from (${wantedSubscriberIds}) as found`,
    wantedNames(wanted),
  );
  return rows.map((row) => row.id);
}

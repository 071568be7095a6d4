import { byIds, idsAndBounds } from '#libs/operations';
import type { Tx } from '#libs/postgres';

export interface SimOfOperation {
  operationId: string;
  platform: string;
  iccid: string;
}

/**
 * The SIMs that operations change or have changed, where that can be told: by the entity that they name or lock. A SIM without
 * a platform is left out.
 */
export function findSims(tx: Tx, operationIds: string[]): Promise<SimOfOperation[]> {
  if (operationIds.length === 0) return Promise.resolve([]);
  return tx.query<SimOfOperation>(
    `select named.operation_id as "operationId", sim.platform, sim.iccid
     from (
       select operation_id, entity_type, entity_id from operations.operation where ${byIds(1)}
       union
       select operation_id, entity_type, entity_id from operations.lock where operation_id = any($1::uuid[])
     ) as named
     cross join lateral (
       select platform, iccid from inventory.sim
       where sim.subscriber_id = case named.entity_type when 'Subscriber' then named.entity_id::uuid end
       union all
       select platform, iccid from inventory.sim where named.entity_type = 'SIM' and sim.iccid = named.entity_id
       limit 1) as sim
     where sim.platform is not null`,
    idsAndBounds(operationIds),
  );
}

import type { Tx } from '#libs/postgres';

export interface ResourceQuery {
  subscriberId: string;
  /** all types when undefined */
  resourceType?: string | undefined;
  /** with ended values */
  historyIncluded: boolean;
  /** from 0 */
  page: number;
  size: number;
}

/** A value a subscriber has, or had until `validTo`. */
export interface ResourcePeriod {
  id: string;
  type: string;
  value: string;
  version: number;
  validFrom: Date;
  validTo: Date | null;
}

export interface ResourcePage {
  resources: ResourcePeriod[];
  /** over all pages */
  total: number;
}

/** A page of a subscriber's values, by type, the latest first. */
export async function selectResourcePage(tx: Tx, query: ResourceQuery): Promise<ResourcePage> {
  const rows = await tx.query<ResourcePeriod & { total: number }>(
    `with period as (
       select resource_id, type, value, version, valid_from, null::timestamptz as valid_to
       from inventory.resource
       where subscriber_id = $1 and ($2::text is null or type = $2)
       union all
       select resource_id, type, value, version, valid_from, valid_to
       from inventory.resource_history
       where subscriber_id = $1 and ($2::text is null or type = $2) and $3::boolean
     )
     select counted.total, resource_id as id, type, value, version, valid_from as "validFrom", valid_to as "validTo"
     from (select count(*)::int as total from period) as counted
     left join lateral (
       select * from period order by type, valid_from desc, version desc, resource_id limit $4 offset $5
     ) as page on true`,
    [query.subscriberId, query.resourceType ?? null, query.historyIncluded, query.size, query.page * query.size],
  );
  const resources = rows.flatMap(({ total: _, ...period }) => (period.id ? [period] : []));
  return { resources, total: rows[0]?.total ?? 0 };
}

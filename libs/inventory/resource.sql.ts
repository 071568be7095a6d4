import { joinedTexts, plainArray, textArray, type Tx } from '#libs/postgres';
import type { ResourceKey } from './resource-type.js';
import type { EndedResource, Resource } from './rows.js';

const columns = `r.resource_id as "resourceId", r.type, r.scope, r.value, r.tenant_id as "tenantId",
  r.subscriber_id as "subscriberId", r.version, r.valid_from as "validFrom"`;

/** A table of keys from three parameters; see findSubscriberIds for the subselects. joinedTexts makes the scope '' null. */
const keysFrom = (first: number): string =>
  `unnest(${[first, first + 1, first + 2].map((n) => `(select ${textArray(`$${n}`)})`).join(', ')}) as key(type, scope, value)`;
const onKey = `r.type = key.type and r.scope = coalesce(key.scope, '') and r.value = key.value`;

const keyTexts = (keys: ResourceKey[]): string[] => [
  joinedTexts(keys.map((key) => key.type)),
  joinedTexts(keys.map((key) => key.scope)),
  joinedTexts(keys.map((key) => key.value)),
];

/** The current resources of subscribers, and who holds the wanted values; a row may come twice. */
export const selectResources = (tx: Tx, subscriberIds: string[], wanted: ResourceKey[]): Promise<Resource[]> =>
  tx.query<Resource>(
    `select ${columns} from inventory.resource r where r.subscriber_id = any((select $1::uuid[])::uuid[])
     union all
     select ${columns} from ${keysFrom(2)} join inventory.resource r on ${onKey}`,
    [plainArray(subscriberIds), ...keyTexts(wanted)],
  );

/** Takes current values away and files ended ones; a value that came and went within the batch is only filed. */
export const endResources = (tx: Tx, removed: ResourceKey[], ended: EndedResource[]): Promise<void> =>
  tx.write(
    `with removed as (delete from inventory.resource r using ${keysFrom(1)} where ${onKey})
     insert into inventory.resource_history
       (subscriber_id, resource_id, version, tenant_id, type, value, valid_from, valid_to, ended_by)
     select * from unnest($4::uuid[], $5::uuid[], $6::int[], ${textArray('$7')}, ${textArray('$8')}, ${textArray('$9')},
                          $10::timestamptz[], $11::timestamptz[], $12::uuid[])`,
    [
      ...keyTexts(removed),
      plainArray(ended.map((row) => row.subscriberId)),
      plainArray(ended.map((row) => row.resourceId)),
      plainArray(ended.map((row) => row.version)),
      joinedTexts(ended.map((row) => row.tenantId)),
      joinedTexts(ended.map((row) => row.type)),
      joinedTexts(ended.map((row) => row.value)),
      plainArray(ended.map((row) => row.validFrom)),
      plainArray(ended.map((row) => row.validTo)),
      plainArray(ended.map((row) => row.endedBy)),
    ],
  );

/** Inserts assignments in the one order of keys. */
export const insertResources = (tx: Tx, resources: Resource[]): Promise<void> =>
  tx.write(
    `insert into inventory.resource (type, scope, value, resource_id, tenant_id, subscriber_id, version, valid_from)
     select type, coalesce(scope, ''), value, resource_id, tenant_id, subscriber_id, version, valid_from
     from unnest(${textArray('$1')}, ${textArray('$2')}, ${textArray('$3')}, $4::uuid[], ${textArray('$5')}, $6::uuid[],
                 $7::int[], $8::timestamptz[])
       as fresh(type, scope, value, resource_id, tenant_id, subscriber_id, version, valid_from)
     order by type, scope, value`,
    [
      ...keyTexts(resources),
      plainArray(resources.map((row) => row.resourceId)),
      joinedTexts(resources.map((row) => row.tenantId)),
      plainArray(resources.map((row) => row.subscriberId)),
      plainArray(resources.map((row) => row.version)),
      plainArray(resources.map((row) => row.validFrom)),
    ],
  );

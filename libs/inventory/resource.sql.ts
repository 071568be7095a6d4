import { integers, rowsOf, rowsToJoin, texts, timestamps, uuids, type Tx } from '#libs/postgres';
import type { ResourceKey } from './resource-type.js';
import type { EndedResource, Resource } from './rows.js';

const columns = `r.resource_id as "resourceId", r.type, r.scope, r.value, r.tenant_id as "tenantId",
  r.subscriber_id as "subscriberId", r.version, r.valid_from as "validFrom"`;

/** A table of keys from three parameters. */
const keysFrom = (first: number): string => `${rowsToJoin(['text', 'text', 'text'], first)} as key(type, scope, value)`;
const onKey = `r.type = key.type and r.scope = key.scope and r.value = key.value`;

const keyTexts = (keys: ResourceKey[]): Buffer[] => [
  texts(keys.map((key) => key.type)),
  texts(keys.map((key) => key.scope)),
  texts(keys.map((key) => key.value)),
];

/** The current resources of subscribers, and who holds the wanted values; a row may come twice. */
export const selectResources = (tx: Tx, subscriberIds: string[], wanted: ResourceKey[]): Promise<Resource[]> =>
  tx.query<Resource>(
    `select ${columns} from inventory.resource r where r.subscriber_id = any((select $1::uuid[])::uuid[])
     union all
     select ${columns} from ${keysFrom(2)} join inventory.resource r on ${onKey}`,
    [uuids(subscriberIds), ...keyTexts(wanted)],
  );

/** Takes current values away and files ended ones; a value that came and went within the batch is only filed. */
export const endResources = (tx: Tx, removed: ResourceKey[], ended: EndedResource[]): Promise<void> =>
  tx.write(
    `with removed as (delete from inventory.resource r using ${keysFrom(1)} where ${onKey})
     insert into inventory.resource_history
       (subscriber_id, resource_id, version, tenant_id, type, value, valid_from, valid_to, ended_by)
     ${rowsOf(['uuid', 'uuid', 'integer', 'text', 'text', 'text', 'timestamptz', 'timestamptz', 'uuid'], 4)}`,
    [
      ...keyTexts(removed),
      uuids(ended.map((row) => row.subscriberId)),
      uuids(ended.map((row) => row.resourceId)),
      integers(ended.map((row) => row.version)),
      texts(ended.map((row) => row.tenantId)),
      texts(ended.map((row) => row.type)),
      texts(ended.map((row) => row.value)),
      timestamps(ended.map((row) => row.validFrom)),
      timestamps(ended.map((row) => row.validTo)),
      uuids(ended.map((row) => row.endedBy)),
    ],
  );

/** Inserts assignments in the one order of keys. */
export const insertResources = (tx: Tx, resources: Resource[]): Promise<void> =>
  tx.write(
    `insert into inventory.resource (type, scope, value, resource_id, tenant_id, subscriber_id, version, valid_from)
     select * from ${rowsOf(['text', 'text', 'text', 'uuid', 'text', 'uuid', 'integer', 'timestamptz'])}
       as fresh(type, scope, value, resource_id, tenant_id, subscriber_id, version, valid_from)
     order by type, scope, value`,
    [
      ...keyTexts(resources),
      uuids(resources.map((row) => row.resourceId)),
      texts(resources.map((row) => row.tenantId)),
      uuids(resources.map((row) => row.subscriberId)),
      integers(resources.map((row) => row.version)),
      timestamps(resources.map((row) => row.validFrom)),
    ],
  );

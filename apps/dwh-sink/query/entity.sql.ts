import type { ChangeOperation, EntityState } from '#libs/contracts';
import type { Tx } from '#libs/postgres';
import { visibleTo, type View } from './view.js';

/** An entity as it is, or was after the version told. `state` is null when that version deleted it. */
export interface EntityRow {
  entityType: string;
  entityId: string;
  version: number;
  operation: ChangeOperation;
  occurredAt: Date;
  businessTransactionId: string;
  tenant: string;
  accountId: string;
  state: EntityState | null;
}

/** A stored change, with its event and where that is in Kafka. */
export interface ChangeRow extends Omit<EntityRow, 'state'> {
  sequence: number;
  before: EntityState | null;
  after: EntityState | null;
  eventId: string;
  kafka: { topic: string; partition: number; offset: string };
}

export interface EntityName {
  entityType: string;
  entityId: string;
}

const commonColumns = `entity_type as "entityType", entity_id as "entityId", version, operation,
  occurred_at as "occurredAt", business_transaction_id as "businessTransactionId", tenant_id as tenant,
  account_id as "accountId"`;
const latestColumns = `${commonColumns}, state`;
const changeColumns = `${commonColumns}, sequence, before, after, event_id as "eventId",
  json_build_object('topic', kafka_topic, 'partition', kafka_partition, 'offset', kafka_offset::text) as kafka`;

export async function readLatest(tx: Tx, view: View, entity: EntityName): Promise<EntityRow | undefined> {
  const [row] = await tx.query<EntityRow>(
    `select ${latestColumns} from dwh.entity_latest where entity_type = $1 and entity_id = $2 and ${visibleTo(3)}`,
    [entity.entityType, entity.entityId, view.tenantId, view.accountIds],
  );
  return row;
}

/** The highest version at or before `asOf`, if the view may see that version. */
export async function readAsOf(tx: Tx, view: View, entity: EntityName, asOf: Date): Promise<EntityRow | undefined> {
  const [row] = await tx.query<EntityRow>(
    `select ${commonColumns}, after as state
     from (select * from dwh.entity_change where entity_type = $1 and entity_id = $2 and occurred_at <= $3
           order by version desc limit 1) as valid
     where ${visibleTo(4)}`,
    [entity.entityType, entity.entityId, asOf, view.tenantId, view.accountIds],
  );
  return row;
}

/** Changes with a version above `after`, in order of versions. */
export function readHistory(
  tx: Tx,
  view: View,
  entity: EntityName,
  page: { after: number; limit: number },
): Promise<ChangeRow[]> {
  return tx.query<ChangeRow>(
    `select ${changeColumns} from dwh.entity_change
     where entity_type = $1 and entity_id = $2 and version > $3 and ${visibleTo(5)}
     order by version limit $4`,
    [entity.entityType, entity.entityId, page.after, page.limit, view.tenantId, view.accountIds],
  );
}

/** Changes of a business transaction with a sequence above `after`, in order of sequence. */
export function readChangesOf(
  tx: Tx,
  view: View,
  businessTransactionId: string,
  page: { after: number; limit: number },
): Promise<ChangeRow[]> {
  return tx.query<ChangeRow>(
    `select ${changeColumns} from dwh.entity_change
     where business_transaction_id = $1 and sequence > $2 and ${visibleTo(4)}
     order by sequence limit $3`,
    [businessTransactionId, page.after, page.limit, view.tenantId, view.accountIds],
  );
}

export interface EntityPage {
  after: EntityName | undefined;
  limit: number;
}

/** Entities that transactions with this correlation id changed, as they are now, in order of their names. */
export function findByCorrelation(tx: Tx, view: View, correlationId: string, page: EntityPage): Promise<EntityRow[]> {
  return tx.query<EntityRow>(
    latestOf(`select entity_type, entity_id from dwh.entity_change
      where business_transaction_id = any(array(
        select business_transaction_id from dwh.business_transaction where correlation_id = $6))`),
    [...pageParameters(view, page), correlationId],
  );
}

/** Resources that have this value now or had it before, as they are now, in order of their names. */
export function findByResource(
  tx: Tx,
  view: View,
  resource: { type: string; value: string },
  page: EntityPage,
): Promise<EntityRow[]> {
  return tx.query<EntityRow>(
    latestOf(`select entity_type, entity_id from dwh.entity_change where resource_value = $6 and resource_type = $7`),
    [...pageParameters(view, page), resource.value, resource.type],
  );
}

function latestOf(names: string): string {
  return `select ${latestColumns}
    from (select distinct * from (${names}) as touched) as named join dwh.entity_latest using (entity_type, entity_id)
    where ${visibleTo(1)} and (entity_type, entity_id) > ($3::text, $4::text)
    order by entity_type, entity_id limit $5`;
}

function pageParameters(view: View, { after, limit }: EntityPage): unknown[] {
  return [view.tenantId, view.accountIds, after?.entityType ?? '', after?.entityId ?? '', limit];
}

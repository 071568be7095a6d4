import type { EntityChanged } from '#libs/contracts';
import { bigints, integers, rowsOf, rowsToJoin, texts, uuids, type Tx } from '#libs/postgres';
import { isStorable } from './entity-changed.js';
import { entityKey, versionKey, type ReceivedChange } from './received-change.js';
import type { MetricRow, TransactionRow } from './summarize.js';
import type { MissingVersions } from './plan.js';

/** Locks the latest rows of the changes' entities, in key order, and returns their versions by entityKey. */
export async function lockLatest(tx: Tx, received: ReceivedChange[]): Promise<Map<string, number>> {
  const rows = await tx.query<{ entityType: string; entityId: string; version: number }>(
    `select latest.entity_type as "entityType", latest.entity_id as "entityId", latest.version
     from (select distinct * from unnest($1::text[], $2::text[])) as wanted (entity_type, entity_id)
     join dwh.entity_latest latest using (entity_type, entity_id)
     order by latest.entity_type, latest.entity_id
     for update of latest`,
    [texts(received.map(({ change }) => change.entityType)), texts(received.map(({ change }) => change.entityId))],
  );
  return new Map(rows.map((row) => [entityKey(row), row.version]));
}

interface StoredRow extends Omit<EntityChanged, 'businessTransaction'> {
  id: string;
  tenant: string;
  accountId: string;
  occurredAt: Date;
}

/** What is stored of these versions, by versionKey; as far as the warehouse keeps it of the business transaction. */
export async function readStored(tx: Tx, received: ReceivedChange[]): Promise<Map<string, EntityChanged>> {
  const rows = await tx.query<StoredRow>(
    `select stored.entity_type as "entityType", stored.entity_id as "entityId", stored.version, stored.operation,
       stored.sequence, stored.before, stored.after, stored.business_transaction_id as id, stored.tenant_id as tenant,
       stored.account_id as "accountId", stored.occurred_at as "occurredAt"
     from (select distinct * from unnest($1::text[], $2::text[], $3::int[])) as wanted (entity_type, entity_id, version)
     join dwh.entity_change stored using (entity_type, entity_id, version)`,
    [
      received.map(({ change }) => change.entityType),
      received.map(({ change }) => change.entityId),
      received.map(({ change }) => change.version),
    ],
  );
  return new Map(rows.map((row) => [versionKey(row), toChange(row)]));
}

function toChange({ id, tenant, accountId, occurredAt, ...change }: StoredRow): EntityChanged {
  const unread = { type: '', operationId: '', commandId: '', correlationId: '', actor: '', entityCount: 0 };
  return { ...change, businessTransaction: { ...unread, id, tenant, accountId, occurredAt: occurredAt.toISOString() } };
}

/** Sent as text: it may have microseconds. */
const time = 'text::timestamptz';
/** Of `latestColumns`. */
const latestTypes = ['text', 'text', 'integer', time, 'text', 'uuid', 'text', 'text', 'text::json'];

/** Inserts the latest rows of new entities; returns how many were inserted: fewer when another sink came first. */
export function insertLatest(tx: Tx, received: ReceivedChange[]): Promise<number> {
  return tx.execute(
    `insert into dwh.entity_latest (entity_type, entity_id, version, occurred_at, operation, business_transaction_id,
       tenant_id, account_id, state)
     ${rowsOf(latestTypes)}
     on conflict do nothing`,
    latestColumns(received),
  );
}

const setLatest = `set version = next.version, occurred_at = next.occurred_at, operation = next.operation,
  business_transaction_id = next.business_transaction_id, tenant_id = next.tenant_id, account_id = next.account_id,
  state = next.state`;

/** Rows are locked already, and one per entity: a second row for one target would be dropped without a word. */
export function updateLatest(tx: Tx, received: ReceivedChange[]): Promise<number> {
  return tx.execute(
    `update dwh.entity_latest latest ${setLatest}
     from ${rowsToJoin(latestTypes)} as next (entity_type, entity_id, version, occurred_at, operation,
       business_transaction_id, tenant_id, account_id, state)
     where latest.entity_type = next.entity_type and latest.entity_id = next.entity_id`,
    latestColumns(received),
  );
}

/**
 * Advances the latest rows of entities whose changes, each entity's by version, go on from where the row is; returns how many.
 * It takes the rows in the order that it is given, which is that of keys, as long as PostgreSQL looks them up one by one.
 */
export function advanceLatest(tx: Tx, runs: ReceivedChange[][]): Promise<number> {
  return tx.execute(
    `update dwh.entity_latest latest ${setLatest}
     from ${rowsToJoin([...latestTypes, 'integer'])} as next (entity_type, entity_id, version, occurred_at, operation,
       business_transaction_id, tenant_id, account_id, state, version_before)
     where latest.entity_type = next.entity_type and latest.entity_id = next.entity_id
       and latest.version = next.version_before`,
    [
      ...latestColumns(runs.flatMap((run) => run.at(-1) ?? [])),
      integers(runs.flatMap(([first]) => (first ? first.change.version - 1 : []))),
    ],
  );
}

function latestColumns(received: ReceivedChange[]): Buffer[] {
  const changes = received.map(({ change }) => change);
  return [
    texts(changes.map((change) => change.entityType)),
    texts(changes.map((change) => change.entityId)),
    integers(changes.map((change) => change.version)),
    texts(changes.map((change) => change.businessTransaction.occurredAt)),
    texts(changes.map((change) => change.operation)),
    uuids(changes.map((change) => change.businessTransaction.id)),
    texts(changes.map((change) => change.businessTransaction.tenant)),
    texts(changes.map((change) => change.businessTransaction.accountId)),
    texts(received.map(({ json }) => json.after)),
  ];
}

export function insertChanges(tx: Tx, received: ReceivedChange[]): Promise<number> {
  const changes = received.map(({ change }) => change);
  const resources = changes.map(resourceOf);
  return tx.execute(
    `insert into dwh.entity_change (entity_type, entity_id, version, occurred_at, operation, business_transaction_id,
       tenant_id, account_id, after, sequence, before, resource_type, resource_value, event_id, kafka_topic,
       kafka_partition, kafka_offset)
     ${rowsOf([...latestTypes, 'integer', 'text::json', 'text', 'text', 'text', 'text', 'integer', 'bigint'])}`,
    [
      ...latestColumns(received),
      integers(changes.map((change) => change.sequence)),
      texts(received.map(({ json }) => json.before)),
      texts(resources.map((resource) => resource?.type ?? null)),
      texts(resources.map((resource) => resource?.value ?? null)),
      texts(received.map(({ eventId }) => eventId)),
      texts(received.map(({ topic }) => topic)),
      integers(received.map(({ partition }) => partition)),
      bigints(received.map(({ offset }) => offset)),
    ],
  );
}

/** Longest value the look-up by resource finds, in characters; an index entry has a limit. */
const longestResourceText = 255;

function resourceOf({ entityType, after }: EntityChanged): { type: string; value: string } | undefined {
  if (entityType !== 'SubscriberResource' || after === null) return undefined;
  const { type, value } = after;
  return isIndexable(type) && isIndexable(value) ? { type, value } : undefined;
}

function isIndexable(text: unknown): text is string {
  return typeof text === 'string' && text.length <= longestResourceText && isStorable(text);
}

const transactionTypes = ['uuid', 'text', 'uuid', ...Array<string>(7).fill('text'), time, 'integer', 'integer'];

/** Adds transactions, and the number of changes to those that are there. */
export function addTransactions(tx: Tx, rows: TransactionRow[]): Promise<number> {
  const headers = rows.map(({ header }) => header);
  return tx.execute(
    `insert into dwh.business_transaction as known (business_transaction_id, type, operation_id, command_id, request_id,
       transaction_id, correlation_id, tenant_id, account_id, actor, occurred_at, entity_count, stored_count, stored_at)
     select *, clock_timestamp() from ${rowsOf(transactionTypes)} as header
     on conflict (business_transaction_id) do update set stored_count = known.stored_count + excluded.stored_count`,
    [
      uuids(headers.map((header) => header.id)),
      texts(headers.map((header) => header.type)),
      uuids(headers.map((header) => header.operationId)),
      texts(headers.map((header) => header.commandId)),
      texts(headers.map((header) => header.requestId ?? null)),
      texts(headers.map((header) => header.transactionId ?? null)),
      texts(headers.map((header) => header.correlationId)),
      texts(headers.map((header) => header.tenant)),
      texts(headers.map((header) => header.accountId)),
      texts(headers.map((header) => header.actor)),
      texts(headers.map((header) => header.occurredAt)),
      integers(headers.map((header) => header.entityCount)),
      integers(rows.map(({ changes }) => changes)),
    ],
  );
}

/** Every sink updates the same few rows: last in the transaction, so that they are locked for a short time. */
export function addMetrics(tx: Tx, rows: MetricRow[]): Promise<number> {
  return tx.execute(
    `insert into dwh.metric_hourly as known (tenant_id, hour, type, entity_type, operation, changes, transactions)
     select * from unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])
     on conflict (tenant_id, hour, type, entity_type, operation) do update
       set changes = known.changes + excluded.changes, transactions = known.transactions + excluded.transactions`,
    [
      rows.map((row) => row.tenant),
      rows.map((row) => row.hour),
      rows.map((row) => row.type),
      rows.map((row) => row.entityType),
      rows.map((row) => row.operation),
      rows.map((row) => row.changes),
      rows.map((row) => row.transactions),
    ],
  );
}

/** Notes versions as missing. Their entities' latest rows are locked, so no other sink is at the same gap. */
export function openGaps(tx: Tx, missing: MissingVersions[]): Promise<number> {
  const changes = missing.map(({ change }) => change);
  return tx.execute(
    `insert into dwh.version_gap as known (entity_type, entity_id, tenant_id, account_id, missing, opened_at)
     select entity_type, entity_id, max(tenant_id), max(account_id),
       range_agg(int4range(first_version, last_version, '[]')), clock_timestamp()
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::int[])
       as gap (entity_type, entity_id, tenant_id, account_id, first_version, last_version)
     group by entity_type, entity_id
     on conflict (entity_type, entity_id) do update set missing = known.missing + excluded.missing`,
    [
      changes.map((change) => change.entityType),
      changes.map((change) => change.entityId),
      changes.map((change) => change.businessTransaction.tenant),
      changes.map((change) => change.businessTransaction.accountId),
      missing.map(({ from }) => from),
      missing.map(({ to }) => to),
    ],
  );
}

/** Takes versions that came after all out of their gaps. */
export async function fillGaps(tx: Tx, fills: ReceivedChange[]): Promise<void> {
  const entities = [fills.map(({ change }) => change.entityType), fills.map(({ change }) => change.entityId)];
  await tx.execute(
    `update dwh.version_gap gap set missing = gap.missing - filled.versions
     from (select entity_type, entity_id, range_agg(int4range(version, version, '[]')) as versions
           from unnest($1::text[], $2::text[], $3::int[]) as fill (entity_type, entity_id, version)
           group by entity_type, entity_id) as filled
     where gap.entity_type = filled.entity_type and gap.entity_id = filled.entity_id`,
    [...entities, fills.map(({ change }) => change.version)],
  );
  await tx.execute(
    `delete from dwh.version_gap gap using unnest($1::text[], $2::text[]) as fill (entity_type, entity_id)
     where gap.entity_type = fill.entity_type and gap.entity_id = fill.entity_id and isempty(gap.missing)`,
    entities,
  );
}

import { texts, timestamps, uuids, type Tx } from '#libs/postgres';
import { keyOf, type Holder, type WantedLock } from './lock.js';
import { holderColumns, toHolder, type HolderRow } from './read-holders.sql.js';

/** Locks by `keyOf`: those that are new, and who held the others when the statement began. */
export interface InsertedLocks {
  inserted: Set<string>;
  holders: Map<string, Holder>;
}

type Row = ({ isNew: true } & Pick<HolderRow, 'tenantId' | 'level' | 'key'>) | ({ isNew: false } & HolderRow);

/**
 * Inserts locks in the order of their keys, which is that of every transaction, so that two that want the same ones wait
 * for each other instead of deadlocking; of several with one key the first. The holders are read in the same statement,
 * since they may have ended by the next one. The scalar subselects hide the arrays' lengths from the planner, which else
 * takes a scan of the whole table for cheaper than a thousand index look-ups.
 */
export async function insertLocks(tx: Tx, wanted: WantedLock[]): Promise<InsertedLocks> {
  if (wanted.length === 0) return { inserted: new Set(), holders: new Map() };
  const rows = await tx.query<Row>(statement, [
    texts(wanted.map((lock) => lock.tenantId)),
    texts(wanted.map((lock) => lock.level)),
    texts(wanted.map((lock) => lock.key)),
    uuids(wanted.map((lock) => lock.operationId)),
    texts(wanted.map((lock) => lock.accountId)),
    texts(wanted.map((lock) => lock.username)),
    texts(wanted.map((lock) => lock.facade)),
    texts(wanted.map((lock) => lock.action)),
    texts(wanted.map((lock) => lock.entity?.type ?? null)),
    texts(wanted.map((lock) => lock.entity?.id ?? null)),
    timestamps(wanted.map((lock) => lock.expiresAt)),
  ]);
  return {
    inserted: new Set(rows.flatMap((row) => (row.isNew ? keyOf(row) : []))),
    holders: new Map(rows.flatMap((row) => (row.isNew ? [] : [[keyOf(row), toHolder(row)]]))),
  };
}

const statement = `
  with wanted as materialized (
    select * from unnest((select $1::text[]), (select $2::text[]), (select $3::text[]), (select $4::uuid[]),
      (select $5::text[]), (select $6::text[]), (select $7::text[]), (select $8::text[]),
      (select $9::text[]), (select $10::text[]), (select $11::timestamptz[])) with ordinality
      as wanted (tenant_id, level, key, operation_id, account_id, username, facade, action, entity_type, entity_id,
        expires_at, ordinal)
  ), inserted as (
    insert into operations.lock (tenant_id, level, key, operation_id, account_id, username, facade, action, entity_type,
      entity_id, expires_at, acquired_at)
    select tenant_id, level, key, operation_id, account_id, username, facade, action, entity_type, entity_id, expires_at,
      clock_timestamp()
    from wanted order by key collate "C", level collate "C", tenant_id collate "C", ordinal
    on conflict do nothing
    returning tenant_id, level, key
  )
  select true as "isNew", tenant_id as "tenantId", level, key, null as "operationId", null as expired,
    null as "entityType", null as "entityId"
  from inserted
  union all
  select false, ${holderColumns}
  from (select distinct key, level, tenant_id from wanted) as wanted
  join operations.lock as held using (key, level, tenant_id)`;

/** Deletes the locks of operations that did not get all of theirs. */
export async function deleteLocks(tx: Tx, operationIds: string[]): Promise<void> {
  if (operationIds.length === 0) return;
  await tx.execute('delete from operations.lock where operation_id = any((select $1::uuid[])::uuid[])', [
    uuids(operationIds),
  ]);
}

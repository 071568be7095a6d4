import { joinedTexts, plainArray, textArray, type Tx } from '#libs/postgres';
import { keyOf, type WantedLock } from './lock.js';

/**
 * Inserts locks in the order of their keys, which is that of every transaction, so that two that want the same ones wait
 * for each other instead of deadlocking. Returns those that are new, as `keyOf` writes them; of several with one key the
 * first.
 */
export async function insertLocks(tx: Tx, wanted: WantedLock[]): Promise<Set<string>> {
  if (wanted.length === 0) return new Set();
  const inserted = await tx.query<Pick<WantedLock, 'tenantId' | 'level' | 'key'>>(
    `insert into operations.lock (tenant_id, level, key, operation_id, account_id, username, facade, action,
       entity_type, entity_id, acquired_at, expires_at)
     select tenant_id, level, key, operation_id, account_id, username, facade, action, entity_type, entity_id,
       clock_timestamp(), expires_at
     from unnest(${textArray('$1')}, $2::text[], ${textArray('$3')}, $4::uuid[], ${textArray('$5')}, ${textArray('$6')}, $7::text[],
       ${textArray('$8')}, $9::text[], ${textArray('$10')}, $11::timestamptz[]) with ordinality
       as wanted (tenant_id, level, key, operation_id, account_id, username, facade, action, entity_type, entity_id,
         expires_at, ordinal)
     order by key, level, tenant_id, ordinal
     on conflict do nothing
     returning tenant_id as "tenantId", level, key`,
    [
      joinedTexts(wanted.map((lock) => lock.tenantId)),
      plainArray(wanted.map((lock) => lock.level)),
      joinedTexts(wanted.map((lock) => lock.key)),
      plainArray(wanted.map((lock) => lock.operationId)),
      joinedTexts(wanted.map((lock) => lock.accountId)),
      joinedTexts(wanted.map((lock) => lock.username)),
      plainArray(wanted.map((lock) => lock.facade)),
      joinedTexts(wanted.map((lock) => lock.action)),
      plainArray(wanted.map((lock) => lock.entity?.type ?? null)),
      joinedTexts(wanted.map((lock) => lock.entity?.id ?? null)),
      plainArray(wanted.map((lock) => lock.expiresAt)),
    ],
  );
  return new Set(inserted.map(keyOf));
}

/** Deletes the locks of operations that did not get all of theirs. */
export async function deleteLocks(tx: Tx, operationIds: string[]): Promise<void> {
  if (operationIds.length === 0) return;
  await tx.execute('delete from operations.lock where operation_id = any((select $1::uuid[])::uuid[])', [
    plainArray(operationIds),
  ]);
}

import { rowsToJoin, texts, type Tx } from '#libs/postgres';
import { entityText, keyOf, type Holder, type LockEntity, type LockLevel, type WantedLock } from './lock.js';

export interface HolderRow {
  tenantId: string;
  level: LockLevel;
  key: string;
  operationId: string;
  expired: boolean;
  entityType: LockEntity['type'] | null;
  entityId: string | null;
}

// now() and not the clock: all looks of a transaction agree on what has expired.
export const holderColumns = `held.tenant_id as "tenantId", held.level, held.key, held.operation_id as "operationId",
  held.expires_at < now() as expired, held.entity_type as "entityType", held.entity_id as "entityId"`;

/** Who holds these locks, by `keyOf`. */
export async function readHolders(tx: Tx, wanted: WantedLock[]): Promise<Map<string, Holder>> {
  if (wanted.length === 0) return new Map();
  const rows = await tx.query<HolderRow>(
    `select ${holderColumns}
     from ${rowsToJoin(['text', 'text', 'text'])} as wanted (tenant_id, level, key)
     join operations.lock as held using (key, level, tenant_id)`,
    [
      texts(wanted.map((lock) => lock.tenantId)),
      texts(wanted.map((lock) => lock.level)),
      texts(wanted.map((lock) => lock.key)),
    ],
  );
  return new Map(rows.map((row) => [keyOf(row), toHolder(row)]));
}

/**
 * Who holds these entities, by `entityText`. The scalar subselect hides the array's length from the planner, which else
 * takes a scan of the whole table for cheaper than a thousand index look-ups.
 */
export async function readHeldLocks(tx: Tx, entities: LockEntity[]): Promise<Map<string, Holder>> {
  if (entities.length === 0) return new Map();
  const rows = await tx.query<HolderRow>(
    `select ${holderColumns} from operations.lock as held
     where key = any((select $1::text[])::text[]) and level = 'entity'`,
    [texts(entities.map(entityText))],
  );
  return new Map(rows.map((row) => [row.key, toHolder(row)]));
}

export function toHolder({ operationId, expired, level, entityType, entityId }: HolderRow): Holder {
  const entity = entityType === null || entityId === null ? null : { type: entityType, id: entityId };
  return { operationId, expired, level, entity };
}

import { booleans, insertedIds, rowsOf, texts, uuids, type Tx } from '#libs/postgres';

export interface InboxKey {
  tenantId: string;
  source: string;
  messageId: string;
}

export interface InboxRow extends InboxKey {
  fingerprint: string;
  operationId: string;
  deadLettered: boolean;
}

/** The one order in which every batch claims ids, so that batches with ids in common wait for each other instead of deadlocking. */
export function compareInboxKeys(a: InboxKey, b: InboxKey): number {
  return compare(a.tenantId, b.tenantId) || compare(a.source, b.source) || compare(a.messageId, b.messageId);
}

/** Claims ids, each named once and sorted by `compareInboxKeys`; returns the operation ids of the rows that are new. */
export async function claimInbox(tx: Tx, rows: InboxRow[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  return insertedIds(tx, {
    sql: `insert into messaging.inbox (tenant_id, source, message_id, fingerprint, operation_id, dead_lettered, received_at)
     select *, clock_timestamp() from ${rowsOf(['text', 'text', 'text', 'uuid', 'uuid', 'boolean'])} as record
     on conflict do nothing`,
    parameters: [
      texts(rows.map((row) => row.tenantId)),
      texts(rows.map((row) => row.source)),
      texts(rows.map((row) => row.messageId)),
      uuids(rows.map((row) => row.fingerprint)),
      uuids(rows.map((row) => row.operationId)),
      booleans(rows.map((row) => row.deadLettered)),
    ],
    idColumn: 'operation_id',
    ids: rows.map((row) => row.operationId),
  });
}

/** Fingerprints of ids that were claimed before, by their index in `keys`. */
export async function readFingerprints(tx: Tx, keys: InboxKey[]): Promise<Map<number, string>> {
  if (keys.length === 0) return new Map();
  const found = await tx.query<{ ordinal: number; fingerprint: string }>(
    `select wanted.ordinal::int, held.fingerprint
     from unnest($1::text[], $2::text[], $3::text[]) with ordinality as wanted (tenant_id, source, message_id, ordinal)
     join messaging.inbox as held using (tenant_id, source, message_id)`,
    [keys.map((key) => key.tenantId), keys.map((key) => key.source), keys.map((key) => key.messageId)],
  );
  return new Map(found.map((row) => [row.ordinal - 1, row.fingerprint.replaceAll('-', '')]));
}

/** Deletes up to `limit` rows older than the retention; returns how many. */
export function deleteOldInbox(tx: Tx, retentionHours: number, limit: number): Promise<number> {
  return tx.execute(
    `delete from messaging.inbox where ctid = any(array(
       select ctid from messaging.inbox
       where received_at < clock_timestamp() - make_interval(hours => $1) limit $2))`,
    [retentionHours, limit],
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

import { SimyardError } from '#libs/errors';
import { insertedIds, integers, rowsOf, texts, uuids, type Tx } from '#libs/postgres';
import type { RequestKey } from './request-key.js';

/** Claimed now, or by whom: the operation that has the key and the fingerprint of the request that started it. */
export type KeyClaim = { claimed: true } | { claimed: false; holder: KeyHolder };
export interface KeyHolder {
  operationId: string;
  fingerprint: string;
}

interface HolderRow extends KeyHolder {
  ordinal: number;
}

type KeyName = Pick<RequestKey, 'tenantId' | 'scope' | 'key'>;

/**
 * Claims keys, in sorted order so that two batches cannot deadlock; returns a claim for each, at the same index. Of
 * rows with one key the first is claimed. A key that another transaction is claiming waits for its end.
 */
export async function claimRequestKeys(tx: Tx, rows: RequestKey[]): Promise<KeyClaim[]> {
  if (rows.length === 0) return [];
  const claimed = await insertKeys(tx, rows);
  const lost = rows.flatMap((row, index) => (claimed.has(row.operationId) ? [] : [index]));
  const holders = await readHolders(tx, rows, lost);
  return rows.map((row, index) => {
    if (claimed.has(row.operationId)) return { claimed: true };
    const holder = holders.get(index);
    // Retention took the key between the two statements: the next attempt claims it.
    if (!holder) throw new SimyardError('CONCURRENT_CHANGE');
    return { claimed: false, holder };
  });
}

/** Which operation has the key, if any: also for a caller that does not know whether its commit arrived. */
export async function readKeyHolder(tx: Tx, key: KeyName): Promise<KeyHolder | undefined> {
  return (await readHolders(tx, [key], [0])).get(0);
}

/**
 * Gives keys, each named once, from the operation that holds them (`from`) to another. Throws CONCURRENT_CHANGE when one
 * of them has another holder by now.
 */
export async function takeRequestKeys(tx: Tx, rows: (RequestKey & { from: string })[]): Promise<void> {
  if (rows.length === 0) return;
  const taken = await tx.execute(
    `update operations.request_key as held
     set operation_id = wanted.operation_id
     from unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::uuid[])
       as wanted (tenant_id, scope, key, operation_id, holder_id)
     where (held.tenant_id, held.scope, held.key) = (wanted.tenant_id, wanted.scope, wanted.key)
       and held.operation_id = wanted.holder_id`,
    [
      rows.map((row) => row.tenantId),
      rows.map((row) => row.scope),
      rows.map((row) => row.key),
      rows.map((row) => row.operationId),
      rows.map((row) => row.from),
    ],
  );
  if (taken < rows.length) throw new SimyardError('CONCURRENT_CHANGE');
}

function insertKeys(tx: Tx, rows: RequestKey[]): Promise<Set<string>> {
  return insertedIds(tx, {
    sql: `insert into operations.request_key (tenant_id, scope, key, fingerprint, operation_id, created_at)
     select tenant_id, scope, key, fingerprint, operation_id, clock_timestamp()
     from ${rowsOf(['text', 'text', 'text', 'uuid', 'uuid', 'integer'])}
       as wanted (tenant_id, scope, key, fingerprint, operation_id, ordinal)
     order by tenant_id, scope, key, ordinal
     on conflict do nothing`,
    parameters: [
      texts(rows.map((row) => row.tenantId)),
      texts(rows.map((row) => row.scope)),
      texts(rows.map((row) => row.key)),
      uuids(rows.map((row) => row.fingerprint)),
      uuids(rows.map((row) => row.operationId)),
      integers(rows.map((_, index) => index)),
    ],
    idColumn: 'operation_id',
    ids: rows.map((row) => row.operationId),
  });
}

/** A statement of its own: the insert's snapshot does not see a key that was committed while it waited. */
async function readHolders(tx: Tx, rows: KeyName[], indexes: number[]): Promise<Map<number, KeyHolder>> {
  if (indexes.length === 0) return new Map();
  const lost = indexes.flatMap((index) => rows[index] ?? []);
  const found = await tx.query<HolderRow>(
    `select wanted.ordinal, held.operation_id as "operationId", held.fingerprint
     from unnest($1::text[], $2::text[], $3::text[], $4::int[]) as wanted (tenant_id, scope, key, ordinal)
     join operations.request_key as held using (tenant_id, scope, key)`,
    [lost.map((row) => row.tenantId), lost.map((row) => row.scope), lost.map((row) => row.key), indexes],
  );
  return new Map(found.map(({ ordinal, operationId, fingerprint }) => [ordinal, { operationId, fingerprint }]));
}

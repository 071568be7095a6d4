import { SimyardError } from '#libs/errors';
import type { Tx } from '#libs/postgres';
import { claimRequestKeys, type KeyClaim } from './claim-request-keys.sql.js';
import { insertOperations } from './insert-operations.sql.js';
import type { OperationRow } from './operation.js';
import type { RequestKey } from './request-key.js';

/**
 * Admits requests: claims their keys and inserts the operations of those that are new. A key that is taken starts
 * nothing; the claim then tells by which operation, and what the request was that started it. Of rows with one key the
 * first is admitted. Returns a claim for each, at the same index.
 */
export async function acceptOperations(tx: Tx, rows: { key: RequestKey; row: OperationRow }[]): Promise<KeyClaim[]> {
  const claims = await claimRequestKeys(
    tx,
    rows.map(({ key }) => key),
  );
  await insertOperations(
    tx,
    rows.flatMap(({ row }, index) => (claims[index]?.claimed ? [row] : [])),
  );
  return claims;
}

export async function acceptOperation(tx: Tx, key: RequestKey, row: OperationRow): Promise<KeyClaim> {
  const [claim] = await acceptOperations(tx, [{ key, row }]);
  if (!claim) throw new SimyardError('INTERNAL_ERROR');
  return claim;
}

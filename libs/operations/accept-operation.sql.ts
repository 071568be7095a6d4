import { SimyardError } from '#libs/errors';
import type { Tx } from '#libs/postgres';
import { readKeyHolder, type KeyClaim } from './claim-request-keys.sql.js';
import { columnNames, operationColumns } from './operation-columns.js';
import type { OperationRow } from './operation.js';
import type { RequestKey } from './request-key.js';

const keyParameters = 5;
const values = operationColumns.map(([, type], index) => `$${keyParameters + index + 1}::${type}`).join(', ');
const statement = `
  with claimed as (
    insert into operations.request_key (tenant_id, scope, key, fingerprint, operation_id, created_at)
    values ($1, $2, $3, $4, $5, clock_timestamp())
    on conflict do nothing
    returning operation_id
  )
  insert into operations.operation (${columnNames})
  select ${values} from claimed`;

/**
 * Admits a request in one round trip: claims its key and inserts its operation. A key that is taken starts nothing; the
 * claim then tells by which operation, and what the request was that started it.
 */
export async function acceptOperation(tx: Tx, key: RequestKey, row: OperationRow): Promise<KeyClaim> {
  const inserted = await tx.execute(statement, [
    key.tenantId,
    key.scope,
    key.key,
    key.fingerprint,
    key.operationId,
    ...operationColumns.map(([, , attribute]) => row[attribute]),
  ]);
  if (inserted > 0) return { claimed: true };
  const holder = await readKeyHolder(tx, key);
  // Retention took the key between the two statements: the next attempt claims it.
  if (!holder) throw new SimyardError('CONCURRENT_CHANGE');
  return { claimed: false, holder };
}

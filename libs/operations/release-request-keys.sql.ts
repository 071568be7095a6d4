import { texts, uuids, type Tx } from '#libs/postgres';
import type { RequestKey } from './request-key.js';

/** Gives up keys that were claimed in this transaction, whose requests start nothing after all. */
export async function releaseRequestKeys(tx: Tx, keys: RequestKey[]): Promise<void> {
  if (keys.length === 0) return;
  await tx.execute(
    `delete from operations.request_key as held
     using unnest($1::text[], $2::text[], $3::text[], $4::uuid[])
       as released (tenant_id, scope, key, operation_id)
     where (held.tenant_id, held.scope, held.key) = (released.tenant_id, released.scope, released.key)
       and held.operation_id = released.operation_id`,
    [
      texts(keys.map((key) => key.tenantId)),
      texts(keys.map((key) => key.scope)),
      texts(keys.map((key) => key.key)),
      uuids(keys.map((key) => key.operationId)),
    ],
  );
}

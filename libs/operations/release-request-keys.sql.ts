import { joinedTexts, plainArray, textArray, type Tx } from '#libs/postgres';
import type { RequestKey } from './request-key.js';

/** Gives up keys that were claimed in this transaction, whose requests start nothing after all. */
export async function releaseRequestKeys(tx: Tx, keys: RequestKey[]): Promise<void> {
  if (keys.length === 0) return;
  await tx.execute(
    `delete from operations.request_key as held
     using unnest(${textArray('$1')}, ${textArray('$2')}, ${textArray('$3')}, $4::uuid[])
       as released (tenant_id, scope, key, operation_id)
     where (held.tenant_id, held.scope, held.key) = (released.tenant_id, released.scope, released.key)
       and held.operation_id = released.operation_id`,
    [
      joinedTexts(keys.map((key) => key.tenantId)),
      joinedTexts(keys.map((key) => key.scope)),
      joinedTexts(keys.map((key) => key.key)),
      plainArray(keys.map((key) => key.operationId)),
    ],
  );
}

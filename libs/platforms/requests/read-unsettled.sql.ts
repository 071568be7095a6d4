import type { PlatformChange } from '#libs/contracts';
import { uuids, type Tx } from '#libs/postgres';
import { notSettled } from './not-settled.js';

/** What was asked for by operations of which nobody has recorded yet what their platforms have, by operation. */
export async function readUnsettled(tx: Tx, operationIds: string[]): Promise<Map<string, PlatformChange>> {
  const rows = await tx.query<{ operationId: string; change: string }>(
    `select operation_id as "operationId", change from platforms.request
     where operation_id = any((select $1::uuid[])::uuid[]) and ${notSettled}`,
    [uuids(operationIds)],
  );
  return new Map(rows.map(({ operationId, change }) => [operationId, JSON.parse(change) as PlatformChange]));
}

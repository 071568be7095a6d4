import type { Database } from '#libs/postgres';
import { deleteOldRequestKeys, dropExpiredPartitions, ensurePartitions } from './retention.sql.js';

export interface RetentionResult {
  partitionsMade: number;
  partitionsDropped: number;
  requestKeysDeleted: number;
}

const daysAhead = 7;
const keysPerDelete = 5000;
/** a dead letter can be replayed for 30 days, and must meet its key then */
const shortestKeyRetentionDays = 31;

/** One pass: partitions for the coming week, and nothing kept that is older than `retentionDays`. Stops early on the signal. */
export async function runRetention(
  database: Database,
  { retentionDays }: { retentionDays: number },
  signal?: AbortSignal,
): Promise<RetentionResult> {
  const partitionsMade = await ensurePartitions(database, daysAhead);
  const partitionsDropped = await dropExpiredPartitions(database, retentionDays);
  let requestKeysDeleted = 0;
  for (let deleted = keysPerDelete; deleted === keysPerDelete && !signal?.aborted; requestKeysDeleted += deleted) {
    deleted = await deleteOldRequestKeys(database, Math.max(retentionDays, shortestKeyRetentionDays), keysPerDelete);
  }
  return { partitionsMade, partitionsDropped, requestKeysDeleted };
}

import type { Database } from '#libs/postgres';
import {
  deleteOldMonitors,
  deleteOldRequestKeys,
  dropExpiredPartitions,
  ensurePartitions,
  monitorTables,
} from './retention.sql.js';

export interface RetentionResult {
  partitionsMade: number;
  partitionsDropped: number;
  requestKeysDeleted: number;
  monitorsDeleted: number;
}

const daysAhead = 7;
const rowsPerDelete = 5000;
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
  const keyDays = Math.max(retentionDays, shortestKeyRetentionDays);
  const requestKeysDeleted = await deleteAll((limit) => deleteOldRequestKeys(database, keyDays, limit), signal);
  let monitorsDeleted = 0;
  for (const table of monitorTables) {
    monitorsDeleted += await deleteAll((limit) => deleteOldMonitors(database, table, retentionDays, limit), signal);
  }
  return { partitionsMade, partitionsDropped, requestKeysDeleted, monitorsDeleted };
}

async function deleteAll(deleteSome: (limit: number) => Promise<number>, signal?: AbortSignal): Promise<number> {
  let total = 0;
  for (let deleted = rowsPerDelete; deleted === rowsPerDelete && !signal?.aborted; total += deleted) {
    deleted = await deleteSome(rowsPerDelete);
  }
  return total;
}

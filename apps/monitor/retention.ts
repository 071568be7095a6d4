import { deleteOldJobs } from '#libs/bulk';
import type { Config } from '#libs/config';
import { runRetention, type RetentionResult } from '#libs/operations';
import type { Database } from '#libs/postgres';
import { deleteOldInbox } from '#libs/transactions';

const rowsPerDelete = 5000;

/** Removes what is past its retention, in small deletes, and makes the operations' partitions of the coming week. */
export async function retainOnce(
  database: Database,
  config: Pick<Config, 'inboxRetentionHours' | 'operationRetentionDays'>,
  signal?: AbortSignal,
): Promise<RetentionResult & { inboxDeleted: number; bulkJobsDeleted: number }> {
  let inboxDeleted = 0;
  for (let deleted = rowsPerDelete; deleted === rowsPerDelete && !signal?.aborted; inboxDeleted += deleted) {
    deleted = await deleteOldInbox(database, config.inboxRetentionHours, rowsPerDelete);
  }
  const { operationRetentionDays: retentionDays } = config;
  const operations = await runRetention(database, { retentionDays }, signal);
  const bulkJobsDeleted = await deleteOldJobs(database, { retentionDays }, signal);
  return { ...operations, inboxDeleted, bulkJobsDeleted };
}

import { deleteOldJobs } from '#libs/bulk';
import { deleteOldDeliveries } from '#libs/callbacks';
import type { Config } from '#libs/config';
import { runRetention, type RetentionResult } from '#libs/operations';
import { deleteOldRequests } from '#libs/platforms';
import type { Database } from '#libs/postgres';
import { deleteOldInbox } from '#libs/transactions';

const rowsPerDelete = 5000;

export interface Retained extends RetentionResult {
  inboxDeleted: number;
  bulkJobsDeleted: number;
  requestsDeleted: number;
  callbacksDeleted: number;
}

/** Removes what is past its retention, in small deletes, and makes the operations' partitions of the coming week. */
export async function retainOnce(
  database: Database,
  config: Pick<Config, 'inboxRetentionHours' | 'operationRetentionDays'>,
  signal?: AbortSignal,
): Promise<Retained> {
  const inboxDeleted = await deleteAll((limit) => deleteOldInbox(database, config.inboxRetentionHours, limit), signal);
  const { operationRetentionDays: retentionDays } = config;
  const operations = await runRetention(database, { retentionDays }, signal);
  const bulkJobsDeleted = await deleteOldJobs(database, { retentionDays }, signal);
  const requestsDeleted = await deleteAll((limit) => deleteOldRequests(database, retentionDays, limit), signal);
  const callbacksDeleted = await deleteAll((limit) => deleteOldDeliveries(database, retentionDays, limit), signal);
  return { ...operations, inboxDeleted, bulkJobsDeleted, requestsDeleted, callbacksDeleted };
}

/** Delete after delete, until one finds less than it may take; returns how many rows went. */
async function deleteAll(deleteSome: (limit: number) => Promise<number>, signal?: AbortSignal): Promise<number> {
  let all = 0;
  for (let some = rowsPerDelete; some === rowsPerDelete && !signal?.aborted; all += some) {
    some = await deleteSome(rowsPerDelete);
  }
  return all;
}

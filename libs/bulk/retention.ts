import type { Database } from '#libs/postgres';
import { deleteItems, deleteJob, findOldJobs } from './retention.sql.js';

const jobsPerLook = 100;
const itemsPerDelete = 5000;
const abandonedHours = 24;

/**
 * Removes jobs that ended more than so many days ago, and uploads that broke off a day ago: items first, in small deletes.
 * Stops early on the signal. Returns how many jobs were removed.
 */
export async function deleteOldJobs(
  database: Database,
  { retentionDays }: { retentionDays: number },
  signal?: AbortSignal,
): Promise<number> {
  let removed = 0;
  for (let found = jobsPerLook; found === jobsPerLook && !signal?.aborted;) {
    const jobIds = await findOldJobs(database, { retentionDays, abandonedHours, limit: jobsPerLook });
    found = jobIds.length;
    for (const jobId of jobIds) removed += (await removeJob(database, jobId, signal)) ? 1 : 0;
  }
  return removed;
}

async function removeJob(database: Database, jobId: string, signal?: AbortSignal): Promise<boolean> {
  for (let deleted = itemsPerDelete; deleted === itemsPerDelete;) {
    if (signal?.aborted) return false;
    deleted = await deleteItems(database, jobId, itemsPerDelete);
  }
  await deleteJob(database, jobId);
  return true;
}

import type { CommandData } from '#libs/contracts';
import type { CommandHandler } from '#libs/transactions';
import { findJobs, namedJob } from '../find-jobs.js';
import { lockJobs, stopJobs } from './cancel-jobs.sql.js';
import { decideCancel } from './decide-cancel.js';

/** Cancels jobs: the dispatcher sends no more of their items, and ends the jobs once those in flight have ended. */
export const cancelBulkJob: CommandHandler<CommandData<'CancelBulkJob'>> = async (commands, { tx }) => {
  await lockJobs(tx, commands.map(namedJob));
  const jobs = await findJobs(tx, commands);
  const now = new Date();
  const decisions = jobs.map((job) => decideCancel(job, now));
  await stopJobs(tx, commands.filter((_, index) => decisions[index]?.status === 'COMPLETED').map(namedJob));
  return decisions;
};

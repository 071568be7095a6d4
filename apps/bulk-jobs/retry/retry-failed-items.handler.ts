import { adoptJobs, insertJobs, type Adoption, type Job, type NewJob } from '#libs/bulk';
import type { CommandData } from '#libs/contracts';
import type { Tx } from '#libs/postgres';
import type { Command, CommandHandler, Decision } from '#libs/transactions';
import { findJobs } from '../find-jobs.js';
import { jobOf } from '../job-of.js';
import { takeUserLocks } from '../user-lock.js';
import { copyAllFailedItems } from './copy-failed-items.js';
import { refuseRetry } from './decide-retry.js';
import { findRetryable } from './failed-items.sql.js';

interface Retry {
  command: Command;
  source: Job;
}

/** Starts new jobs of the failed items of jobs that have ended. */
export const retryFailedItems =
  (jobDeadlineMs: number): CommandHandler<CommandData<'RetryFailedItems'>> =>
  async (commands, { tx }) => {
    const deadline = new Date(Date.now() + jobDeadlineMs);
    const jobs = await findJobs(tx, commands);
    const retryable = await findRetryable(
      tx,
      jobs.flatMap((job) => job?.jobId ?? []),
    );
    const refusals = jobs.map((job) => refuseRetry(job, job !== undefined && retryable.has(job.jobId)));
    const retries = commands.flatMap((command, index): Retry[] => {
      const source = jobs[index];
      return source === undefined || refusals[index] !== undefined ? [] : [{ command, source }];
    });
    const locked = await takeUserLocks(
      tx,
      retries.map(({ command, source }) => ({ command, action: source.action })),
      deadline,
    );
    await startRetries(
      tx,
      retries.filter(({ command }) => !locked.has(command.operationId)),
    );
    return commands.map(
      ({ operationId }, index): Decision =>
        refusals[index] ?? locked.get(operationId) ?? { status: 'ACCEPTED', deadline },
    );
  };

async function startRetries(tx: Tx, retries: Retry[]): Promise<void> {
  await insertJobs(tx, retries.map(retryJob));
  const adoptions: Adoption[] = [];
  for (const { command, source } of retries) {
    adoptions.push({
      jobId: command.operationId,
      total: await copyAllFailedItems(tx, source.jobId, command.operationId),
    });
  }
  await adoptJobs(tx, adoptions);
}

const retryJob = ({ command, source }: Retry): NewJob => ({
  ...jobOf(command),
  action: source.action,
  dryRun: source.dryRun,
  retryOf: source.jobId,
});

import { adoptJobs, insertItems, insertJobs, readJobs } from '#libs/bulk';
import type { CommandData } from '#libs/contracts';
import type { Tx } from '#libs/postgres';
import { rejected, type CommandHandler, type Decision } from '#libs/transactions';
import { insertResults } from '../item-results.sql.js';
import { takeUserLocks } from '../user-lock.js';
import { invalidItem, readSubmission, type InlineJob, type Submission } from './decide-submit.js';

/** Starts bulk jobs; the dispatcher carries them out, and ends the operations that these commands belong to. */
export const submitBulkJob =
  (jobDeadlineMs: number): CommandHandler<CommandData<'SubmitBulkJob'>> =>
  async (commands, { tx }) => {
    const deadline = new Date(Date.now() + jobDeadlineMs);
    const staged = await readJobs(
      tx,
      commands.map(({ operationId }) => operationId),
    );
    const submissions = commands.map((command) => readSubmission(command, staged.get(command.operationId)));
    const starting = commands.filter((_, index) => !('empty' in (submissions[index] ?? { empty: true })));
    const refusals = await takeUserLocks(
      tx,
      starting.map((command) => ({ command, action: command.data.action })),
      deadline,
    );
    await startJobs(
      tx,
      submissions.filter((_, index) => !refusals.has(commands[index]?.operationId ?? '')),
    );
    return commands.map(({ operationId }, index): Decision => {
      if ('empty' in (submissions[index] ?? { empty: true })) return rejected('BULK_EMPTY', 'items');
      return refusals.get(operationId) ?? { status: 'ACCEPTED', deadline };
    });
  };

async function startJobs(tx: Tx, submissions: Submission[]): Promise<void> {
  const inline = submissions.flatMap((one) => ('inline' in one ? [one.inline] : []));
  await insertJobs(
    tx,
    inline.map(({ job }) => job),
  );
  await insertItems(
    tx,
    inline.flatMap(({ job: { jobId }, items }) => items.map((item) => ({ ...item, jobId }))),
  );
  await insertResults(tx, inline.flatMap(invalidResults));
  await adoptJobs(tx, [
    ...inline.map(({ job: { jobId }, items, invalid }) => ({ jobId, total: items.length, failed: invalid.size })),
    ...submissions.flatMap((one) => ('staged' in one ? [{ jobId: one.staged.jobId }] : [])),
  ]);
}

const invalidResults = ({ job: { jobId }, invalid }: InlineJob) =>
  Array.from(invalid, ([ordinal, problems]) => ({
    ...{ jobId, ordinal, status: 'FAILED' as const, error: invalidItem(problems) },
  }));

import { readJobs, type Job } from '#libs/bulk';
import { findAccountsFor } from '#libs/inventory';
import type { Tx } from '#libs/postgres';
import type { Command } from '#libs/transactions';

/** The jobs that commands name, at the commands' indexes: undefined where there is none in the actor's account tree. */
export async function findJobs(tx: Tx, commands: Command<{ jobId: string }>[]): Promise<(Job | undefined)[]> {
  const jobs = await readJobs(tx, [...new Set(commands.map(namedJob))]);
  const named = commands.map((command) => ({ command, job: jobs.get(namedJob(command)) }));
  const accounts = await findAccountsFor(
    tx,
    named.map(({ command, job }) => ({ scope: command.actor, accountId: job?.accountId ?? '' })),
  );
  return named.map(({ job }, index) => (accounts[index] === undefined ? undefined : job));
}

/** As the database writes ids. */
export const namedJob = ({ data }: Command<{ jobId: string }>): string => data.jobId.toLowerCase();

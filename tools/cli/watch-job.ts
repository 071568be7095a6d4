import { jobPath, type JobView } from './bulk-api.js';
import { CliError } from './cli-error.js';
import type { Gateway } from './gateway.js';
import { countText, createPace, durationText, paceText, type Pace } from './pace.js';
import { pollUntilEnded } from './poll.js';
import { programName } from './program-name.js';
import type { Progress, ProgressState } from './progress.js';

/** Shows a job's progress until each of its items has ended. Ctrl-C (`signal`) ends the watching alone. */
export async function watchJob(
  gateway: Gateway,
  jobId: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<JobView> {
  const paceOf = createPace();
  try {
    return await pollUntilEnded(() => gateway.call<JobView>('GET', jobPath(jobId), { signal }), {
      isEnded: ({ state }) => state === 'ENDED',
      onValue: (job) => progress.show(jobProgress(job, paceOf(endedItems(job), job.total))),
      onAway: (ms) => progress.show({ text: `the gateway has not answered for ${durationText(ms)}` }),
      signal,
    });
  } catch (error) {
    const again = `watch it with: ${programName} bulk watch ${jobId}`;
    if (signal.aborted) throw new CliError('interrupted', `The job goes on; ${again}`, { cause: error });
    if (error instanceof CliError && error.reason === 'unreachable') progress.note(`The job may go on; ${again}`);
    throw error;
  } finally {
    progress.end();
  }
}

const endedItems = ({ completed, failed, cancelled }: JobView): number => completed + failed + cancelled;

export function jobProgress(job: JobView, pace: Pace | undefined): ProgressState {
  const { total, failed, cancelled, state } = job;
  const ended = endedItems(job);
  const parts = [
    ...(state === 'CANCELLING' ? ['being cancelled'] : []),
    ...(state === 'STAGED' ? ['waits for bulk-jobs'] : []),
    `${countText(ended)} of ${countText(total)}`,
    ...(failed > 0 ? [`${countText(failed)} failed`] : []),
    ...(cancelled > 0 ? [`${countText(cancelled)} cancelled`] : []),
    ...(pace && ended < total ? [paceText(pace)] : []),
  ];
  return { fraction: total === 0 ? 0 : ended / total, text: parts.join(', ') };
}

import { jobPath, type ItemView, type JobView, type Rejection, type Submission } from './bulk-api.js';
import { CliError } from './cli-error.js';
import type { Gateway } from './gateway.js';
import { printJson, printRecord, printTable } from './output.js';
import { countText } from './pace.js';
import { readPages } from './pages.js';
import { programName } from './program-name.js';
import type { Progress } from './progress.js';

export interface ReportOptions {
  json?: boolean | undefined;
  progress: Progress;
  /** how it was submitted, when it was so just now */
  submission?: Submission;
}

/** Items that did not complete, and rows that were rejected, are listed up to here; `bulk results` has all items. */
const mostInJson = 1000;
const mostInTable = 20;

/** Prints how a job ended: its counts, its items that did not complete, and what was not accepted. Throws when there are any. */
export async function reportJob(gateway: Gateway, job: JobView, options: ReportOptions): Promise<void> {
  const { json, progress, submission } = options;
  const { rejected = 0, rejections = [] } = submission ?? {};
  const items = await incompleteItems(gateway, job, json ? mostInJson : mostInTable);
  if (json) printJson({ ...job, ...(submission && { rejected, rejections }), items });
  else {
    printRecord({ ...summary(job), ...(submission && { rejected }) });
    printSection(items.map(itemRow));
    printRejections(rejections);
  }
  const missing = job.failed + job.cancelled - items.length;
  if (missing > 0) progress.note(`${countText(missing)} more; all: ${programName} bulk results ${job.jobId}`);
  const counts = countsOf(job, rejected);
  if (job.status !== 'COMPLETED' || rejected > 0) throw new CliError('incomplete', `${job.status}: ${counts}`);
  progress.note(`${job.status}: ${counts}`);
}

/** Prints what was taken of a file, or that a job was started, when nobody waits for its end. */
export function reportSubmission(started: Submission | { jobId: string }, json: boolean | undefined): void {
  const { rejections = [], ...counts }: Partial<Submission> = started;
  if (json) printJson(started);
  else {
    printRecord(counts);
    printRejections(rejections);
  }
  const { rejected = 0 } = counts;
  if (rejected > 0)
    throw new CliError('incomplete', `BULK_ITEM_INVALID: not accepted: ${countText(rejected)} of the rows`);
}

async function incompleteItems(
  gateway: Gateway,
  { jobId, failed, cancelled }: JobView,
  most: number,
): Promise<ItemView[]> {
  const counts = { FAILED: failed, CANCELLED: cancelled };
  const items: ItemView[] = [];
  for (const [status, count] of Object.entries(counts)) {
    const limit = Math.min(count, most - items.length);
    if (limit === 0) continue;
    const { rows } = await readPages<ItemView>(gateway, `${jobPath(jobId)}/items`, 'items', { status, limit });
    items.push(...rows);
  }
  return items;
}

const summary = ({ jobId, action, status, dryRun, total, completed, failed, cancelled }: JobView) => ({
  ...{ jobId, action, status },
  ...(dryRun && { dryRun }),
  ...{ total, completed, failed, cancelled },
});

/** A row of a table of items. */
export const itemRow = ({ ordinal, key, status, operationId, error }: ItemView): Record<string, unknown> => ({
  ...{ ordinal, key, status, operationId },
  code: error?.code,
  message: error?.message,
});

const printRejections = (rejections: Rejection[]): void =>
  printSection(rejections.slice(0, mostInTable).map((rejection) => ({ ...rejection })));

function printSection(rows: Record<string, unknown>[]): void {
  if (rows.length === 0) return;
  process.stdout.write('\n');
  printTable(rows);
}

function countsOf({ dryRun, completed, failed, cancelled }: JobView, rejected: number): string {
  const counts = [
    `${countText(completed)} completed`,
    `${countText(failed)} failed`,
    `${countText(cancelled)} cancelled`,
    ...(rejected > 0 ? [`${countText(rejected)} not accepted`] : []),
  ];
  return `${counts.join(', ')}${dryRun ? '; a dry run, nothing was changed' : ''}`;
}

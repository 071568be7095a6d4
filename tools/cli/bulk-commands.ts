import { Option, type Command } from 'commander';
import { pipeline } from 'node:stream/promises';
import { itemStatuses } from '#libs/bulk';
import { bulkActions, type BulkAction } from '#libs/contracts';
import { rowLimit, uuid } from './arguments.js';
import { jobPath, jobsPath, type ItemView, type JobView, type Submission } from './bulk-api.js';
import { formats, openBulkFile, submitFile, type Format } from './bulk-submit.js';
import { findGateway, withGatewayOptions, type GatewayOptions } from './gateway-address.js';
import { openGateway, type Gateway } from './gateway.js';
import { untilInterrupted } from './interrupt.js';
import { itemRow, reportJob, reportSubmission } from './job-report.js';
import { printJson, printRecord, printRows } from './output.js';
import { countText } from './pace.js';
import { readPages } from './pages.js';
import { createProgress, type Progress } from './progress.js';
import { watchJob } from './watch-job.js';

interface JsonOptions extends GatewayOptions {
  json?: true;
}

interface WatchOptions extends JsonOptions {
  quiet?: true;
}

interface SubmitOptions extends WatchOptions {
  action: BulkAction;
  dryRun?: true;
  idempotencyKey?: string;
  format?: Format;
  watch?: boolean;
}

export function addBulkCommands(program: Command): void {
  const bulk = program.command('bulk').description('jobs of many items');
  addStarting(bulk);
  addReading(bulk);
  const of = (name: string): Command => withGatewayOptions(bulk.command(name).argument('<jobId>', '', uuid));
  of('watch')
    .description('the progress of a job until it ends, and what came of it')
    .option('--json', 'as JSON')
    .option('--quiet', 'no progress')
    .action(watch);
  of('cancel')
    .description('cancel what has not been sent; items in flight come to their own end')
    .option('--quiet', 'say nothing')
    .action(cancel);
}

function addStarting(bulk: Command): void {
  const watched = (command: Command): Command =>
    withGatewayOptions(command)
      .option('--watch', 'see to its end, as without this option')
      .option('--no-watch', 'only start it')
      .option('--json', 'as JSON')
      .option('--quiet', 'no progress');
  watched(bulk.command('submit'))
    .description('start a job with the rows of a file, and see to its end')
    .argument('<file>', '- for standard input; docs/cli.md tells its columns')
    .addOption(new Option('--action <name>', 'of every item').choices(bulkActions).makeOptionMandatory())
    .addOption(
      new Option('--format <name>', 'by the name of the file when left out; csv for standard input').choices(formats),
    )
    .option('--dry-run', 'check every item as its service would, and change nothing')
    .option('--idempotency-key <key>', 'the same file again with the same key starts nothing new')
    .action(submit);
  watched(bulk.command('retry-failed'))
    .description('start a job with the failed items of one that has ended')
    .argument('<jobId>', '', uuid)
    .action(retryFailed);
}

function addReading(bulk: Command): void {
  withGatewayOptions(bulk.command('ls'))
    .description('the newest jobs')
    .option('--limit <n>', 'rows', rowLimit, 20)
    .option('--json', 'as JSON')
    .action(list);
  withGatewayOptions(bulk.command('show').argument('<jobId>', '', uuid))
    .description('how far a job is')
    .option('--json', 'as JSON')
    .action(show);
  withGatewayOptions(bulk.command('items').argument('<jobId>', '', uuid))
    .description('items of a job, in its order')
    .addOption(new Option('--status <status>', 'only these').choices(itemStatuses))
    .option('--limit <n>', 'rows', rowLimit, 100)
    .option('--json', 'as JSON')
    .action(items);
  withGatewayOptions(bulk.command('results').argument('<jobId>', '', uuid))
    .description('the results of all items of a job, as CSV')
    .action(results);
}

async function submit(name: string, options: SubmitOptions): Promise<void> {
  const gateway = openGateway(findGateway(options));
  const file = await openBulkFile(name, options.format);
  const progress = createProgress(options);
  await untilInterrupted(async (signal) => {
    const { action, dryRun = false, idempotencyKey } = options;
    const submission = await submitFile(gateway, file, { action, dryRun, idempotencyKey, progress, signal });
    const { jobId, accepted, rejected } = submission;
    progress.note(`Job ${jobId}: accepted ${countText(accepted)}, rejected ${countText(rejected)}.`);
    await untilReported(gateway, submission, { ...options, progress, signal });
  });
}

async function retryFailed(jobId: string, options: WatchOptions & { watch?: boolean }): Promise<void> {
  const gateway = openGateway(findGateway(options));
  const progress = createProgress(options);
  await untilInterrupted(async (signal) => {
    const started = await gateway.call<{ jobId: string }>('POST', `${jobPath(jobId)}/retry-failed`, { signal });
    progress.note(`Job ${started.jobId} retries the failed items.`);
    await untilReported(gateway, started, { ...options, progress, signal });
  });
}

interface Reporting extends Omit<SubmitOptions, 'action'> {
  progress: Progress;
  signal: AbortSignal;
}

/** What is printed of a job that was started: what it became, or only what was taken when nobody waits for that. */
async function untilReported(
  gateway: Gateway,
  started: Submission | { jobId: string },
  { watch: wait = true, json, progress, signal }: Reporting,
): Promise<void> {
  if (!wait) {
    reportSubmission(started, json);
    return;
  }
  const job = await watchJob(gateway, started.jobId, progress, signal);
  await reportJob(gateway, job, { json, progress, ...('accepted' in started && { submission: started }) });
}

async function watch(jobId: string, options: WatchOptions): Promise<void> {
  const gateway = openGateway(findGateway(options));
  const progress = createProgress(options);
  await untilInterrupted(async (signal) => {
    const job = await watchJob(gateway, jobId, progress, signal);
    await reportJob(gateway, job, { json: options.json, progress });
  });
}

async function cancel(jobId: string, options: WatchOptions): Promise<void> {
  await openGateway(findGateway(options)).call('POST', `${jobPath(jobId)}/cancel`);
  createProgress(options).note('Cancelled: what was in flight comes to its own end.');
}

async function list({ limit, json, ...options }: JsonOptions & { limit: number }): Promise<void> {
  const { rows } = await readPages<JobView>(openGateway(findGateway(options)), jobsPath, 'jobs', { limit });
  printRows(rows, json, ({ jobId, createdAt, action, status, total, completed, failed, cancelled, actor }) => ({
    ...{ jobId, createdAt, action, status, total, completed, failed, cancelled, actor },
  }));
}

async function show(jobId: string, { json, ...options }: JsonOptions): Promise<void> {
  const job = await openGateway(findGateway(options)).call<JobView>('GET', jobPath(jobId));
  if (json) printJson(job);
  else printRecord({ ...job });
}

interface ItemsOptions extends JsonOptions {
  status?: string;
  limit: number;
}

async function items(jobId: string, { status, limit, json, ...options }: ItemsOptions): Promise<void> {
  const gateway = openGateway(findGateway(options));
  const { rows } = await readPages<ItemView>(gateway, `${jobPath(jobId)}/items`, 'items', { status, limit });
  printRows(rows, json, itemRow);
}

async function results(jobId: string, options: GatewayOptions): Promise<void> {
  const csv = await openGateway(findGateway(options)).download(`${jobPath(jobId)}/results.csv`);
  await pipeline(csv, process.stdout);
}

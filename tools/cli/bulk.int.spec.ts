import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, saveInventory, simRow, subscriberRow } from '#libs/testing';
import type { ServiceProcess } from '#tools/stack/index';
import { createStack, type Stack } from '../../test/e2e/harness/stack.js';
import { runCli, startCli, type CliRun, type Environment } from './testing/run-cli.js';

const jobIdPattern = /[0-9a-f]{8}-[0-9a-f-]{27}/;
const patience = { timeoutMs: 60_000, intervalMs: 100 };
const numbers = Array.from({ length: 300 }, (_, index) => index + 1);
const externalId = (number: number): string => `SUB-${String(number).padStart(4, '0')}`;

/** The gateway and the services behind it as processes, and the program as another. */
describe('bulk jobs from the command line', () => {
  const dir = mkdtempSync(join(tmpdir(), 'simyard-bulk-'));
  let stack: Stack;
  let bulkJobs: ServiceProcess;
  let environment: Environment;

  beforeAll(async () => {
    stack = await createStack({ name: 'cli-bulk' });
    const subscribers = numbers.map((number) => subscriberRow(externalId(number)));
    const sims = subscribers.map((row, index) => simRow(row, `8901000000000${index + 100_000}`));
    await saveInventory(stack.database, { subscribers, sims });
    const gateway = await stack.start('gateway');
    await stack.start('subscriber');
    bulkJobs = await stack.start('bulk-jobs');
    const { clientId, clientSecret } = stack.acme;
    environment = { SIMYARD_URL: gateway.url, SIMYARD_CLIENT_ID: clientId, SIMYARD_CLIENT_SECRET: clientSecret };
  });
  afterAll(async () => {
    await stack.stop();
    rmSync(dir, { recursive: true });
  });

  const cli = (...args: string[]): Promise<CliRun> => runCli(environment, args);
  const file = (name: string, lines: string[]): string => {
    writeFileSync(join(dir, name), `${lines.join('\n')}\n`);
    return join(dir, name);
  };
  const jobIdIn = (text: string): string => jobIdPattern.exec(text)![0];

  it('submits a file, and prints what came of it', async () => {
    const rows = numbers.slice(0, 200).map((number) => `row-${number},${externalId(number)},SUSPENDED`);
    const path = file('suspend.csv', ['key,externalId,status', ...rows]);
    const dry = await cli('bulk', 'submit', path, '--action', 'ChangeSimStatus', '--dry-run', '--json');
    expect(dry).toMatchObject({ status: 0, stderr: expect.stringContaining('a dry run, nothing was changed') });
    expect(JSON.parse(dry.stdout)).toMatchObject({
      dryRun: true,
      total: 200,
      completed: 200,
      rejections: [],
      items: [],
    });

    const { status, stdout, stderr } = await cli('bulk', 'submit', path, '--action', 'ChangeSimStatus');
    expect(stdout).toMatch(/^jobId {6}[0-9a-f-]{36}\naction {5}ChangeSimStatus\nstatus {5}COMPLETED\ntotal {6}200\n/);
    expect(stderr).toContain('200 completed, 0 failed');
    expect(status).toBe(0);
  });

  it('tells rows that were not accepted and items that failed, and retries these', async () => {
    const lines = [
      { key: 'good', data: { subscriber: { externalId: externalId(300) }, status: 'SUSPENDED' } },
      { key: 'bad', data: { subscriber: { externalId: externalId(299) }, status: 'BROKEN' } },
      { key: 'unknown', data: { subscriber: { externalId: 'NOBODY' }, status: 'SUSPENDED' } },
    ];
    const ndjson = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
    const submit = ['bulk', 'submit', '-', '--action', 'ChangeSimStatus'];
    const submitted = await runCli(environment, [...submit, '--format', 'ndjson', '--json'], ndjson);
    expect(submitted).toMatchObject({ status: 4, stderr: expect.stringContaining('1 not accepted') });
    const job = JSON.parse(submitted.stdout) as { jobId: string };
    expect(job).toMatchObject({ status: 'COMPLETED_WITH_ERRORS', total: 2, completed: 1, failed: 1, rejected: 1 });
    expect(job).toMatchObject({
      rejections: [{ line: 2, reason: expect.stringContaining('status') }],
      items: [{ ordinal: 2, key: 'unknown', status: 'FAILED', error: { code: 'SUBSCRIBER_NOT_FOUND' } }],
    });

    const failed = await cli('bulk', 'items', job.jobId, '--status', 'FAILED');
    expect(failed).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/unknown +FAILED .*SUBSCRIBER_NOT_FOUND/),
    });
    const results = await cli('bulk', 'results', job.jobId);
    expect(results.stdout.split('\n').map((line) => line.split(',').slice(0, 3).join())).toEqual([
      ...['key,status,errorCode', 'good,COMPLETED,', 'unknown,FAILED,SUBSCRIBER_NOT_FOUND', ''],
    ]);
    const retried = await cli('bulk', 'retry-failed', job.jobId, '--json');
    expect(retried.status).toBe(4);
    expect(JSON.parse(retried.stdout)).toMatchObject({ retryOf: job.jobId, total: 1, failed: 1 });
    expect(await cli('bulk', 'watch', job.jobId)).toMatchObject({ status: 4 });
    const shown = await cli('bulk', 'show', job.jobId, '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({ jobId: job.jobId, state: 'ENDED' });
    const operations = await cli('operations', 'ls', '--action', 'RetryFailedItems', '--json');
    expect(JSON.parse(operations.stdout)).toMatchObject([{ status: 'COMPLETED_WITH_ERRORS', tenant: 'ACME' }]);
    const list = JSON.parse((await cli('bulk', 'ls', '--json')).stdout) as { jobId: string }[];
    expect(list.map(({ jobId }) => jobId)).toContain(job.jobId);
  });

  it('refuses what cannot be a job', async () => {
    const wrong = file('wrong.csv', ['externalId,colour', 'SUB-0001,red']);
    expect(await cli('bulk', 'submit', wrong, '--action', 'ChangeSimStatus')).toMatchObject({
      ...{ status: 3, stdout: '', stderr: expect.stringMatching(/^REQUEST_INVALID: .*colour.*\n$/) },
    });
    const none = file('none.csv', ['externalId,status', 'SUB-0001,BROKEN']);
    expect(await cli('bulk', 'submit', none, '--action', 'ChangeSimStatus')).toMatchObject({
      ...{ status: 3, stdout: '', stderr: expect.stringMatching(/^BULK_ITEM_INVALID: .*line 2: .*status/) },
    });
    expect(await cli('bulk', 'submit', join(dir, 'absent.csv'), '--action', 'ChangeSimStatus')).toMatchObject({
      ...{ status: 2, stdout: '', stderr: expect.stringMatching(/^FILE_UNREADABLE: .*absent.csv/) },
    });
    expect(await cli('bulk', 'submit', file('rows.txt', []), '--action', 'ChangeSimStatus')).toMatchObject({
      ...{ status: 2, stdout: '', stderr: expect.stringMatching(/^FORMAT_REQUIRED: .*rows.txt/) },
    });
    expect(await cli('bulk', 'show', '0199f1de-7a3b-7c11-9d52-6a8f0c1e2b3d')).toMatchObject({
      ...{ status: 3, stdout: '', stderr: expect.stringContaining('BULK_JOB_NOT_FOUND') },
    });
    const stranger = { ...environment, SIMYARD_CLIENT_SECRET: 'another' };
    expect(await runCli(stranger, ['bulk', 'ls'])).toMatchObject({
      ...{ status: 3, stderr: expect.stringContaining('UNAUTHENTICATED') },
    });
  });

  it('leaves the job going when Ctrl-C ends the watching, shows its lock, and cancels it', async () => {
    const rows = numbers.slice(200).map((number) => `${externalId(number)},SUSPENDED`);
    const path = file('late.csv', ['externalId,status', ...rows]);
    await bulkJobs.stop();

    const { child, ended } = startCli(environment, ['bulk', 'submit', path, '--action', 'ChangeSimStatus']);
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await eventually(() => expect(said).toMatch(jobIdPattern), patience);
    const jobId = jobIdIn(said);
    child.kill('SIGINT');
    const interrupted = await ended;
    expect(interrupted).toMatchObject({ status: 130, stdout: '' });
    expect(interrupted.stderr).toContain(`npm run cli -- bulk watch ${jobId}`);

    const locks = await cli('locks', 'ls', '--json');
    expect(JSON.parse(locks.stdout)).toMatchObject([{ level: 'user-action', operationId: jobId }]);
    const second = await cli('bulk', 'submit', path, '--action', 'ChangeSimStatus');
    expect(second).toMatchObject({
      status: 3,
      stdout: '',
      stderr: expect.stringMatching(/^LOCKED: .* another action/),
    });
    expect(second.stderr).toContain(jobId);

    bulkJobs = await stack.start('bulk-jobs');
    expect(await cli('bulk', 'cancel', jobId)).toMatchObject({ stdout: '' });
    const watched = await cli('bulk', 'watch', jobId, '--quiet');
    expect([0, 4]).toContain(watched.status);
    expect(JSON.parse((await cli('bulk', 'show', jobId, '--json')).stdout)).toMatchObject({ state: 'ENDED' });
  });

  it('breaks a lock', async () => {
    await bulkJobs.stop();
    const path = file('stuck.csv', ['externalId', externalId(1)]);
    const submitted = await cli('bulk', 'submit', path, '--action', 'ResetActivationTime', '--no-watch', '--json');
    expect(submitted.status).toBe(0);
    const { jobId } = JSON.parse(submitted.stdout) as { jobId: string };
    const [lock] = JSON.parse((await cli('locks', 'ls', '--json')).stdout) as { fencingToken: string }[];
    expect(await cli('locks', 'break', lock!.fencingToken)).toMatchObject({ status: 2 });
    expect(await cli('locks', 'break', lock!.fencingToken, '--reason', 'a test')).toMatchObject({
      status: 0,
      stdout: '',
    });
    expect(await cli('locks', 'ls')).toEqual({ status: 0, stdout: '', stderr: '' });
    const operation = await cli('operations', 'watch', jobId);
    expect(operation).toMatchObject({ status: 4, stderr: expect.stringContaining('OPERATION_CANCELLED') });
    expect(JSON.parse(operation.stdout)).toMatchObject({ operationId: jobId, status: 'CANCELLED' });
  });
});

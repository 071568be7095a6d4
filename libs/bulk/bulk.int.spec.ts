import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '#libs/postgres';
import { newId } from '#libs/runtime';
import { saveAccounts, testDatabase, type TestDatabase } from '#libs/testing';
import { adoptJobs } from './adopt.sql.js';
import type { NewItem, NewJob } from './job.js';
import { listItems, readItemCalls, streamItems } from './read-items.sql.js';
import { listJobs, readJob } from './read-jobs.sql.js';
import { deleteOldJobs } from './retention.js';
import { stageItems, stageJob } from './stage.sql.js';

let testDb: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 2 });
  await saveAccounts(database);
});

afterAll(async () => {
  await database.close();
  await testDb.drop();
});

beforeEach(() =>
  database.execute('truncate bulk.job, bulk.item, bulk.item_result, bulk.in_flight, operations.operation'),
);

const items = (from: number, to: number): NewItem[] =>
  Array.from({ length: to - from + 1 }, (_, n) => ({
    ...{ ordinal: from + n, key: `key-${from + n}`, data: '{}', operationId: newId() },
  }));

async function stage(accountId: string, count: number, job: Partial<NewJob> = {}): Promise<string> {
  const jobId = newId();
  const origin = { tenantId: 'ACME', accountId, actor: 'a', clientId: null, facade: 'admin', correlationId: 'c' };
  await stageJob(database, { jobId, ...origin, action: 'AttachOffer', dryRun: false, retryOf: null, ...job });
  await stageItems(database, jobId, items(1, count));
  return jobId;
}

const startOperation = (jobId: string, status = 'IN_PROGRESS'): Promise<number> =>
  database.execute(
    `insert into operations.operation (operation_id, tenant_id, account_id, actor, facade, action, status, command_id,
       command_source, correlation_id, created_at, updated_at)
     values ($1::uuid, 'ACME', 'ACME', 'a', 'admin', 'SubmitBulkJob', $2, 'c', 's', 'c', now(), now())`,
    [jobId, status],
  );

async function started(accountId: string, count: number, status?: string): Promise<string> {
  const jobId = await stage(accountId, count);
  await startOperation(jobId, status);
  await adoptJobs(database, [{ jobId }]);
  return jobId;
}

const endItems = (jobId: string, from: number, to: number, status: string): Promise<number> =>
  database.execute(
    `insert into bulk.item_result select job_id, ordinal, $4, null, now() from bulk.item
     where job_id = $1 and ordinal between $2 and $3`,
    [jobId, from, to, status],
  );

describe('storing a job', () => {
  it('goes on where the chunk before ended, or not at all', async () => {
    const jobId = await stage('ACME', 3);
    await stageItems(database, jobId, items(4, 5));
    await expect(stageItems(database, jobId, items(4, 5))).rejects.toMatchObject({ code: 'CONCURRENT_CHANGE' });
    await expect(stageItems(database, jobId, items(7, 8))).rejects.toMatchObject({ code: 'CONCURRENT_CHANGE' });
    await startOperation(jobId);
    expect(await readJob(database, 'ACME', jobId)).toMatchObject({ state: 'STAGED', total: 5 });
    await adoptJobs(database, [{ jobId }]);
    await expect(stageItems(database, jobId, items(6, 6))).rejects.toMatchObject({ code: 'CONCURRENT_CHANGE' });
  });

  it('keeps items that have failed already, and counts them', async () => {
    const jobId = await stage('ACME', 2);
    const error = JSON.stringify({ code: 'PRODUCT_NOT_FOUND', message: 'none' });
    await stageItems(
      database,
      jobId,
      items(3, 5).map((item) => (item.ordinal === 4 ? { ...item, data: null, error } : item)),
    );
    await startOperation(jobId);
    const counts = { total: 5, pending: 4, failed: 1 };
    expect(await readJob(database, 'ACME', jobId)).toMatchObject({ state: 'STAGED', ...counts });
    await adoptJobs(database, [{ jobId }]);
    expect(await readJob(database, 'ACME', jobId)).toMatchObject({ state: 'RUNNING', ...counts });
    const failed = await listItems(database, 'ACME', jobId, { status: 'FAILED', after: 0, limit: 10 });
    expect(failed).toMatchObject([{ ordinal: 4, error: { code: 'PRODUCT_NOT_FOUND', message: 'none' } }]);
    const pending = await listItems(database, 'ACME', jobId, { status: 'PENDING', after: 0, limit: 10 });
    expect(pending.map(({ ordinal }) => ordinal)).toEqual([1, 2, 3, 5]);
  });

  it('shows nothing before there is an operation', async () => {
    const jobId = await stage('ACME', 1);
    expect(await readJob(database, null, jobId)).toBeUndefined();
    expect(await listJobs(database, null, { limit: 10 })).toEqual([]);
  });
});

describe('reading', () => {
  it('lists the jobs of an account tree, newest first, page by page', async () => {
    const [below, own] = [await started('ACME-TT', 1), await started('ACME', 1, 'COMPLETED')];
    await started('GLOBEX', 1);
    const list = async (accountId: string | null, filter = {}) =>
      (await listJobs(database, accountId, { limit: 10, ...filter })).map(({ jobId }) => jobId);
    expect(await list('ACME')).toEqual([own, below]);
    expect(await list('ACME-TT')).toEqual([below]);
    expect(await list('ACME', { before: own })).toEqual([below]);
    expect(await list('ACME', { status: 'COMPLETED' })).toEqual([own]);
    expect(await list('ACME', { action: 'DetachOffer' })).toEqual([]);
    expect(await list(null)).toHaveLength(3);
  });

  it('tells each item’s status, by page and by status, to the account’s tree alone', async () => {
    const jobId = await started('ACME-TT', 2500);
    await endItems(jobId, 1, 1200, 'COMPLETED');
    await endItems(jobId, 1201, 1300, 'FAILED');
    await database.execute(
      'insert into bulk.in_flight select operation_id, job_id, ordinal from bulk.item where ordinal in (1301, 1302)',
    );
    await database.execute('update bulk.job set dispatched = 1302, in_flight = 2, completed = 1200, failed = 100');
    const count = async (status?: 'PENDING' | 'IN_FLIGHT' | 'COMPLETED' | 'FAILED' | 'CANCELLED') => {
      let seen = 0;
      for await (const chunk of streamItems(database, 'ACME', jobId, status)) seen += chunk.length;
      return seen;
    };
    expect(await Promise.all([count('COMPLETED'), count('FAILED'), count('CANCELLED')])).toEqual([1200, 100, 0]);
    expect(await Promise.all([count('PENDING'), count('IN_FLIGHT'), count()])).toEqual([1198, 2, 2500]);
    const page = await listItems(database, 'ACME', jobId, { after: 1300, limit: 3 });
    expect(page.map(({ ordinal, key, status }) => [ordinal, key, status])).toEqual([
      [1301, 'key-1301', 'IN_FLIGHT'],
      [1302, 'key-1302', 'IN_FLIGHT'],
      [1303, 'key-1303', 'PENDING'],
    ]);
    const [first] = page;
    const byId = { operationIds: [first!.operationId, newId()] };
    expect(await readItemCalls(database, 'ACME', byId)).toMatchObject([{ jobId, ordinal: 1301, status: 'IN_FLIGHT' }]);
    expect(await readItemCalls(database, 'ACME', { jobId })).toHaveLength(2500);
    for (const stranger of ['GLOBEX', 'ACME-JM']) {
      expect(await listItems(database, stranger, jobId, { after: 0, limit: 10 })).toEqual([]);
      expect(await readItemCalls(database, stranger, byId)).toEqual([]);
      expect(await readJob(database, stranger, jobId)).toBeUndefined();
    }
  });
});

describe('retention', () => {
  it('removes what ended long ago and uploads that broke off, with their items', async () => {
    const [old, recent, running, waiting, broken, uploading] = [
      await started('ACME', 6000),
      await started('ACME', 1),
      await started('ACME', 1),
      await stage('ACME', 1),
      await stage('ACME', 1),
      await stage('ACME', 1),
    ];
    await startOperation(waiting, 'ACCEPTED');
    await endItems(old, 1, 6000, 'FAILED');
    await database.execute(`update bulk.job set touched_at = now() - interval '40 days' where job_id <> $1`, [
      uploading,
    ]);
    await database.execute(
      `update bulk.job set state = 'ENDED', ended_at = now() - interval '31 days' where job_id = $1`,
      [old],
    );
    await database.execute(`update bulk.job set state = 'ENDED', ended_at = now() where job_id = $1`, [recent]);
    expect(await deleteOldJobs(database, { retentionDays: 30 })).toBe(2);
    const left = await database.query<{ id: string }>('select job_id as id from bulk.job order by job_id');
    expect(left.map(({ id }) => id)).toEqual([recent, running, waiting, uploading].toSorted());
    expect(left.map(({ id }) => id)).not.toContain(broken);
    expect(await database.query('select from bulk.item')).toHaveLength(4);
    expect(await database.query('select from bulk.item_result')).toEqual([]);
  });
});

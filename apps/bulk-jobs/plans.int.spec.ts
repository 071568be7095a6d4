import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adoptJobs, listItems, readItemCalls, readJob, stageItems, stageJob } from '#libs/bulk';
import { resourceTypeSource } from '#libs/inventory';
import { openDatabase, type Database, type Tx } from '#libs/postgres';
import { newId } from '#libs/runtime';
import { saveLargeInventory, sequentialScans, testDatabase, type TestDatabase } from '#libs/testing';
import { lockJobs } from './cancel/cancel-jobs.sql.js';
import { cancelItems, deleteInFlight, readProgress, readPendingItems } from './dispatch/items.sql.js';
import { cancelHeld, insertHeld, takeHeld } from './dispatch/held-items.sql.js';
import { runPass } from './dispatch/run-pass.js';
import { copyFailedItems, findRetryable } from './retry/failed-items.sql.js';

const rows = 100_000;
const [ended, running] = [newId(), newId()];

/** A job of which all items failed, one that runs, and an operation for each item. */
const fill = [
  `insert into bulk.job (job_id, tenant_id, account_id, actor, facade, action, dry_run, correlation_id, state, total, dispatched,
     in_flight, failed, created_at, touched_at)
   values ('${ended}', 'ACME', 'ACME', 'acme-crm', 'admin', 'ChangeSubscriberStatus', false, 'c', 'ENDED', ${rows}, ${rows}, 0, ${rows}, now(), now()),
          ('${running}', 'ACME', 'ACME', 'acme-crm', 'admin', 'ChangeSubscriberStatus', false, 'c', 'RUNNING', ${rows}, 50000, 1000, 49000, now(), now())`,
  `insert into bulk.item select job_id, n, n::text, '{"subscriber":{"externalId":"L-' || n || '"},"state":"Suspended"}', uuidv7()
   from bulk.job cross join generate_series(1, ${rows}) as n`,
  `insert into bulk.item_result select job_id, ordinal, 'FAILED', '{"code":"LOCKED","message":"m"}', now() from bulk.item
   where job_id = '${ended}' or ordinal <= 49000`,
  `insert into bulk.in_flight select operation_id, job_id, ordinal from bulk.item
   where job_id = '${running}' and ordinal > 49000 and ordinal <= 50000`,
  `insert into operations.operation (operation_id, tenant_id, account_id, actor, facade, action, status, command_id, command_source,
     correlation_id, created_at, updated_at)
   select operation_id, 'ACME', 'ACME', 'acme-crm', 'bulk', 'ChangeSubscriberStatus', 'FAILED', operation_id::text, '/s', 'c', now(), now()
   from bulk.item where job_id = '${ended}' or ordinal <= 50000`,
  `insert into operations.operation (operation_id, tenant_id, account_id, actor, facade, action, status, command_id, command_source,
     correlation_id, created_at, updated_at)
   select job_id, 'ACME', 'ACME', 'acme-crm', 'admin', 'SubmitBulkJob', 'IN_PROGRESS', job_id::text, '/s', 'c', now(), now() from bulk.job`,
  `insert into operations.lock (tenant_id, level, key, operation_id, account_id, username, facade, action, entity_type, entity_id,
     acquired_at, expires_at)
   select 'ACME', 'entity', 'Subscriber ' || operation_id, operation_id, 'ACME', 'acme-crm', 'bulk', 'A', 'Subscriber', operation_id,
     now(), now() + interval '1 day' from bulk.item where job_id = '${ended}'`,
];

describe('on large tables', () => {
  let testDb: TestDatabase;
  let database: Database;
  let largeTables: string[];

  beforeAll(async () => {
    testDb = await testDatabase();
    database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 2 });
    await saveLargeInventory(database, rows);
    await database.transaction(async (tx) => {
      for (const statement of fill) await tx.execute(statement);
    });
    await database.execute('analyze');
    const partitions = await database.query<{ name: string }>(
      `select relname as name from pg_class where relname like 'operation\\_%' and relkind = 'r' and reltuples > 1000`,
    );
    largeTables = [
      'item',
      'held',
      'item_result',
      'subscriber',
      'resource',
      'sim',
      'lock',
      ...partitions.map(({ name }) => name),
    ];
  });

  afterAll(async () => {
    await database.close();
    await testDb.drop();
  });

  const scans = (work: (tx: Tx) => Promise<unknown>): Promise<string[]> => sequentialScans(database, largeTables, work);

  it('a pass settles, takes locks and sends a thousand items by indexes', async () => {
    const options = { window: 1000, itemDeadlineMs: 60_000, types: resourceTypeSource(), source: '/s' };
    const found = await scans(async (tx) => {
      expect(await runPass(tx, options)).toMatchObject({ settled: 1000, sent: 1000 });
    });
    expect(found).toEqual([]);
  });

  it('statements of the loop go by indexes, also when few or very many items are asked for', async () => {
    const ids = await database.query<{ id: string }>(
      `select operation_id as id from bulk.item where job_id = '${running}' order by ordinal limit 10000`,
    );
    const operationIds = ids.map(({ id }) => id);
    const found = await scans(async (tx) => {
      expect(await readProgress(tx, operationIds)).toHaveLength(10_000);
      expect(await readProgress(tx, operationIds.slice(0, 1))).toHaveLength(1);
      await deleteInFlight(tx, operationIds);
      expect(await readPendingItems(tx, [{ jobId: running, after: 50_000, count: 2000 }])).toHaveLength(2000);
      const cancelled = await cancelItems(tx, [{ jobId: running, after: 60_000, count: 10_000 }], '{}');
      expect(cancelled.get(running)).toBe(10_000);
    });
    expect(found).toEqual([]);
  });

  it('a pass goes by indexes where a platform holds most of what is left', async () => {
    const options = { window: 1000, itemDeadlineMs: 60_000, types: resourceTypeSource(), source: '/s' };
    await database.execute(
      `insert into bulk.held select job_id, n, case when n % 2 = 0 then 'STC' else 'TMSP' end
       from bulk.job cross join generate_series(50001, ${rows}) as n`,
    );
    await database.execute('analyze bulk.held');
    const found = await scans(async (tx) => {
      await tx.execute(
        `update bulk.job set held = '{"STC": 25000, "TMSP": 25000}', dispatched = ${rows} where job_id = $1`,
        [running],
      );
      expect(await runPass(tx, options)).toMatchObject({ settled: 1000 });
      expect(await takeHeld(tx, [{ jobId: ended, platform: 'STC', count: 2000 }])).toHaveLength(2000);
      await insertHeld(tx, [{ jobId: ended, ordinal: 50_002, platform: 'STC' }]);
      const all = { after: 90_000, limit: 1000, status: 'PENDING' } as const;
      expect(await listItems(tx, null, running, all)).toHaveLength(1000);
      expect(await cancelHeld(tx, [running], 10_000, '{}')).toHaveLength(2);
    });
    expect(found).toEqual([]);
    await database.execute('truncate bulk.held');
  });

  it('commands on jobs go by indexes', async () => {
    const staged = newId();
    const found = await scans(async (tx) => {
      expect(await findRetryable(tx, [ended])).toEqual(new Set([ended]));
      const copy = { from: ended, to: running, after: 40_000, total: rows, limit: 20_000 };
      expect(await copyFailedItems(tx, copy)).toEqual({ looked: 20_000, last: 60_000, copied: 20_000 });
      await lockJobs(tx, [ended]);
      const origin = {
        tenantId: 'ACME',
        accountId: 'ACME',
        actor: 'a',
        clientId: null,
        facade: 'admin',
        correlationId: 'c',
      };
      await stageJob(tx, { jobId: staged, ...origin, action: 'AttachOffer', dryRun: false, retryOf: null });
      await stageItems(tx, staged, [{ ordinal: 1, key: '1', data: '{}', operationId: newId() }]);
      await adoptJobs(tx, [{ jobId: staged }]);
    });
    expect(found).toEqual([]);
  });

  it('reports go by indexes, on whatever page and by whatever status', async () => {
    const page = { after: 20_000, limit: 1000 };
    const found = await scans(async (tx) => {
      expect(await readJob(tx, 'ACME', running)).toMatchObject({ pending: 50_000 });
      expect(await listItems(tx, 'ACME', ended, page)).toHaveLength(1000);
      for (const status of ['FAILED', 'COMPLETED', 'CANCELLED', 'PENDING', 'IN_FLIGHT'] as const) {
        await listItems(tx, 'ACME', running, { ...page, status });
      }
      expect(await readItemCalls(tx, 'ACME', { jobId: ended })).toHaveLength(10_000);
      const [item] = await listItems(tx, 'ACME', ended, page);
      expect(await readItemCalls(tx, 'ACME', { operationIds: [item!.operationId] })).toHaveLength(1);
    });
    expect(found).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database, type Tx } from '#libs/postgres';
import { newId } from '#libs/runtime';
import { saveLargeInventory, sequentialScans, testDatabase, type TestDatabase } from '#libs/testing';
import { listMonitors, readMonitor, readMonitors } from './read-monitors.js';
import { stageMonitor } from './stage-monitor.sql.js';

const rows = 100_000;
const perBatch = 1000;

/** 100 batches of 1,000 products each, half of which have ended, and as many single changes, half of them CMO's. */
const fill = [
  `insert into bulk.job (job_id, tenant_id, account_id, actor, facade, action, dry_run, correlation_id, state, total, created_at, touched_at)
   select uuidv7(), 'ACME', 'ACME', 'acme-crm', 'cmo', 'ChangeSimStatus', false, 'c', 'RUNNING', ${perBatch}, now(), now()
   from generate_series(1, ${rows / perBatch})`,
  `insert into bulk.item select job_id, n, 'TMSP-8901' || lpad(n::text, 16, '0') || '-simCard', '{}', uuidv7()
   from bulk.job cross join generate_series(1, ${perBatch}) as n`,
  `insert into bulk.item_result select job_id, ordinal, 'COMPLETED', null, now() from bulk.item where ordinal % 2 = 0`,
  `insert into operations.operation (operation_id, tenant_id, account_id, actor, facade, action, status, command_id, command_source,
     correlation_id, entity_type, entity_id, created_at, updated_at)
   select id, 'ACME', 'ACME', 'acme-crm', facade, action, 'IN_PROGRESS', id::text, '/s', 'c', 'Subscriber', subscriber_id, now(), now()
   from (
     select job_id as id, 'cmo' as facade, 'SubmitBulkJob' as action, null::text as subscriber_id from bulk.job
     union all select operation_id, 'bulk', 'ChangeSimStatus', null from bulk.item
     union all select uuidv7(), 'flolive', 'ChangeSimStatus', subscriber_id::text from inventory.subscriber) as made`,
  `insert into operations.monitor
   select '8901' || substr(operation_id::text, 1, 8) || '-' || row_number() over () || '-monitor', 'ACME', operation_id, 'ACME',
     case action when 'ChangeSimStatus' then 'TMSP-8901' || lpad('1', 16, '0') || '-simCard' end, '{}', now()
   from operations.operation where facade in ('cmo', 'flolive') and (facade = 'cmo' or hashtext(operation_id::text) % 2 = 0)`,
  `insert into platforms.request (operation_id, tenant_id, actor, correlation_id, lane, platform, iccid, subscriber_id, change, state,
     created_at, updated_at)
   select operation_id, 'ACME', 'a', 'c', 0, 'TMSP', '8901', gen_random_uuid(), '{}', 'SENT', now(), now() from bulk.item`,
];

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
  largeTables = ['item', 'item_result', 'monitor', 'request', 'sim', ...partitions.map(({ name }) => name)];
});

afterAll(async () => {
  await database.close();
  await testDb.drop();
});

const scans = (work: (tx: Tx) => Promise<unknown>): Promise<string[]> => sequentialScans(database, largeTables, work);
const idsOf = async (condition: string): Promise<string[]> =>
  (await database.query<{ id: string }>(`select operation_id as id from operations.operation where ${condition}`)).map(
    ({ id }) => id,
  );

describe('on large tables, by indexes go', () => {
  it('a batch of a thousand products', async () => {
    const [batch] = await idsOf(`action = 'SubmitBulkJob' limit 1`);
    const read = async (tx: Tx) => expect((await readMonitor(tx, 'ACME', batch ?? ''))?.items).toHaveLength(perBatch);
    expect(await scans(read)).toEqual([]);
  });

  it('a hundred single changes, of CMO and of other facades', async () => {
    const ids = await idsOf(`facade = 'flolive' limit 100`);
    const read = async (tx: Tx) => {
      const monitors = [...(await readMonitors(tx, ids)).values()];
      expect(monitors.flatMap(({ items }) => items)).toHaveLength(100);
    };
    expect(await scans(read)).toEqual([]);
  });

  it('a page of the list, by state too, but for its count', async () => {
    const pages: number[] = [];
    const read = async (tx: Tx) => {
      const counting = { ...tx, query: (sql: string, parameters?: unknown[]) => uncounted(sql, parameters, tx) };
      for (const filter of [{}, { state: 'IN_PROGRESS' as const }]) {
        const { monitors } = await listMonitors(counting as Tx, 'ACME', { ...filter, pageNumber: 3, pageSize: 50 });
        pages.push(monitors.length);
      }
    };
    expect(await scans(read)).toEqual([]);
    expect(pages).toEqual([50, 50]);
  });

  it('a new monitor of a SIM that has some', async () => {
    const monitor = { tenantId: 'ACME', accountId: 'ACME', iccid: '8901', productId: null };
    const request = { method: 'PATCH', body: [], headers: [] };
    const stage = async (tx: Tx) => {
      const id = await stageMonitor(tx, { ...monitor, operationId: newId(), request });
      expect(id).toMatch(/^8901-\d+-monitor$/);
    };
    expect(await scans(stage)).toEqual([]);
  });
});

/** A count reads what it counts. */
const uncounted = (sql: string, parameters: unknown[] | undefined, tx: Tx): Promise<unknown[]> =>
  sql.includes('count(*)') ? Promise.resolve([{ total: 0 }]) : tx.query(sql, parameters);

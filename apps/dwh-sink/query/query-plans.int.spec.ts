import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Tx } from '#libs/postgres';
import { countGaps, overdueBetween, readTransactionGaps } from '../gaps/gaps.sql.js';
import { advanceLatest, lockLatest, readStored, updateLatest } from '../sink/store.sql.js';
import { change, received } from '../testing/changes.js';
import { testWarehouse, type TestWarehouse } from '../testing/warehouse.js';
import { findByCorrelation, findByResource, readAsOf, readChangesOf, readHistory, readLatest } from './entity.sql.js';
import { readMetrics } from './metric.sql.js';
import { readTransaction } from './transaction.sql.js';

const entities = 60_000;
const view = { tenantId: 'ACME', accountIds: ['ACME-TT'] };
const entity = { entityType: 'SubscriberResource' as const, entityId: 'resource-777' };
const transactionId = '00000000-0000-7000-8000-000000000777';
const page = { after: undefined, limit: 101 };
const batch = Array.from({ length: 100 }, (_, index) => received(change({ entityId: `resource-${index * 7}` })));
const successor = received(change({ ...entity, version: 4 }));
const successors = Array.from({ length: 500 }, (_, n) =>
  received(change({ entityId: `resource-${n * 7}`, version: 4 })),
);

/** Each look-up on 180,000 changes of 60,000 entities in three months. */
describe('query plans', () => {
  let warehouse: TestWarehouse;

  beforeAll(async () => {
    warehouse = await testWarehouse();
    await fill(warehouse.database);
  }, 120_000);
  afterAll(() => warehouse.drop());

  it.each<[string, (tx: Tx) => Promise<unknown>, RegExp[]]>([
    ['latest', (tx) => readLatest(tx, view, entity), [/entity_latest_pkey/]],
    ['as of', (tx) => readAsOf(tx, view, entity, new Date('2026-02-20')), [/entity_change_202602_pkey/]],
    ['history', (tx) => readHistory(tx, view, entity, { after: 0, limit: 100 }), [/entity_change_202603_pkey/]],
    ['transaction', (tx) => readTransaction(tx, 'ACME', transactionId), [/business_transaction_pkey/]],
    [
      'changes of a transaction',
      (tx) => readChangesOf(tx, view, transactionId, { after: 0, limit: 100 }),
      [/entity_change_202603_business_transaction_id_idx/],
    ],
    [
      'correlation',
      (tx) => findByCorrelation(tx, view, 'correlation-777', page),
      [/business_transaction_correlation/, /entity_change_202603_business_transaction_id_idx/, /entity_latest_pkey/],
    ],
    [
      'resource value',
      (tx) => findByResource(tx, view, { type: 'MSISDN', value: '1868000777' }, page),
      [/entity_change_202603_resource_value_resource_type_idx/, /entity_latest_pkey/],
    ],
    [
      'metrics',
      (tx) => readMetrics(tx, { tenantId: 'ACME', from: day(1), to: day(2), type: undefined }),
      [/metric_hourly_pkey/],
    ],
    ['incomplete transactions', (tx) => readTransactionGaps(tx, view, 1000, 10), [/business_transaction_incomplete/]],
    ['count of gaps', (tx) => countGaps(tx, 1000), [/business_transaction_incomplete/]],
    [
      'newly overdue transactions',
      (tx) => overdueBetween(tx, 1000, { from: '2026-01-01', to: '2030-01-01' }, 10),
      [/business_transaction_incomplete/],
    ],
    ['lock of a batch', (tx) => lockLatest(tx, batch), [/entity_latest_pkey/]],
    ['update of a batch', (tx) => updateLatest(tx, successors), [/Index Scan using entity_latest_pkey/]],
    ['stored versions of a batch', (tx) => readStored(tx, batch), [/entity_change_202603_pkey/]],
  ])('%s: reads by index alone', async (_, lookUp, indexes) => {
    const plan = await planOf(lookUp);
    for (const index of indexes) expect(plan).toMatch(index);
    // The other partitions are empty, and Postgres reads nothing of them whatever it calls that.
    expect(plan).not.toMatch(/Seq Scan on (entity_change_20260[123]|entity_latest|business_transaction|metric_hourly)/);
  });

  it.each<[string, (tx: Tx) => Promise<unknown>]>([
    ['advance', (tx) => advanceLatest(tx, [[successor]])],
    ['update', (tx) => updateLatest(tx, [successor])],
  ])('%s of a batch, planned for any number of rows: goes by the index', async (_, change) => {
    let plan = '';
    const explain = async (sql: string) => {
      const lines = await warehouse.database.query<Record<string, string>>(`explain (generic_plan) ${sql}`);
      plan = lines.map((line) => line['QUERY PLAN']).join('\n');
      return [];
    };
    const write = () => Promise.reject(new Error('Not awaited'));
    await change({ query: explain, execute: async (sql) => (await explain(sql)).length, write });
    expect(plan).toMatch(/Index Scan using entity_latest_pkey/);
    expect(plan).not.toMatch(/Seq Scan/);
  });

  /** Lets the function give its statement, with its parameters, to explain. */
  async function planOf(lookUp: (tx: Tx) => Promise<unknown>): Promise<string> {
    let plan = '';
    const explain = async (sql: string, parameters: unknown[] = []) => {
      const lines = await warehouse.database.query<Record<string, string>>(`explain ${sql}`, parameters);
      plan = lines.map((line) => line['QUERY PLAN']).join('\n');
      return [];
    };
    const other = () => Promise.reject(new Error('What is not awaited is not explained'));
    const execute = async (sql: string, parameters?: unknown[]) => (await explain(sql, parameters)).length;
    const tx: Tx = { query: explain, execute, write: other };
    await lookUp(tx).catch((error: unknown) => {
      if (plan === '') throw error;
    });
    return plan;
  }
});

const day = (number: number) => new Date(Date.UTC(2026, 0, number));

async function fill(database: Tx): Promise<void> {
  for (const month of ['2026-01-01', '2026-02-01', '2026-03-01']) {
    await database.query('select dwh.ensure_month($1::date)', [month]);
  }
  await database.execute(
    `insert into dwh.entity_change
     select 'SubscriberResource', 'resource-' || n, version, '2026-01-10'::timestamptz + make_interval(months => version - 1),
       'UPDATED', ('00000000-0000-7000-8000-' || lpad((n + (version - 1) * $1)::text, 12, '0'))::uuid, 1, 'ACME', 'ACME-TT',
       null, '{}', 'MSISDN', (1868000000 + n)::text, 'event', 'topic', 0, n
     from generate_series(1, $1::int) as n, generate_series(1, 3) as version`,
    [entities],
  );
  await database.execute(
    `insert into dwh.entity_latest
     select entity_type, entity_id, version, occurred_at, operation, business_transaction_id, tenant_id, account_id, after
     from dwh.entity_change where version = 3`,
  );
  await database.execute(
    `insert into dwh.business_transaction
     select business_transaction_id, 'SwapSubscriberResource', business_transaction_id, 'command', null, null,
       'correlation-' || row_number() over (), tenant_id, account_id, 'crm', occurred_at, 1, 1, occurred_at
     from dwh.entity_change`,
  );
  await database.execute(
    `insert into dwh.metric_hourly
     select 'tenant-' || tenant, '2026-01-01'::timestamptz + make_interval(hours => hour), 'Swap', 'SIM', 'UPDATED', 1, 1
     from generate_series(1, 10) as tenant, generate_series(1, 2000) as hour`,
  );
  await database.execute('vacuum analyze');
}

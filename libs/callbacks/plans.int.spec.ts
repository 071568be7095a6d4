import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { openDatabase, type Database, type Tx } from '#libs/postgres';
import { saveAccounts, sequentialScans, testDatabase, type TestDatabase } from '#libs/testing';
import {
  claimDeliveries,
  deleteOldDeliveries,
  listDeliveries,
  recordAttempts,
  retryDelivery,
  stageCallback,
  sweepWaiting,
} from './index.js';

const rows = 100_000;

/** Of 100,000 operations, each with a delivery: 10,000 wait, 10,000 of one host and 1,000 of others are due, the rest is over. */
const fill = [
  `insert into operations.operation (operation_id, tenant_id, account_id, actor, facade, action, status, command_id, command_source,
     correlation_id, created_at, updated_at)
   select uuidv7(), 'ACME', 'ACME', 'acme-crm', 'cmo', 'ChangeSimStatus', case when n % 20 = 0 then 'ACCEPTED' else 'COMPLETED' end,
     n::text, '/s', 'c', now(), now()
   from generate_series(1, ${rows}) as n`,
  `insert into callbacks.delivery (delivery_id, tenant_id, account_id, client_id, operation_id, url, host, state, due_at, correlation_id,
     event_time, created_at)
   select uuidv7(), 'ACME', 'ACME', 'crm', operation_id, 'https://x/', case when n % 100 = 7 then 'host-' || n % 1000 else 'dead' end,
     case when n % 10 = 0 then 'WAITING' when n % 10 = 1 or n % 100 = 7 then 'DUE' else 'DELIVERED' end, now(), 'c', now(), now()
   from (select operation_id, command_id::int as n from operations.operation) as operation`,
  `insert into callbacks.attempt select delivery_id, 1, now(), 204, 1, null from callbacks.delivery where state <> 'WAITING'`,
  `insert into callbacks.subscription
   select gen_random_uuid(), 'ACME', 'ACME', 'client-' || n / 100, 'https://x/', null, 's', now() from generate_series(1, ${rows}) as n`,
];

let testDb: TestDatabase;
let database: Database;
let largeTables: string[];

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 2 });
  await saveAccounts(database);
  for (const statement of fill) await database.execute(statement);
  await database.execute('analyze');
  const partitions = await database.query<{ name: string }>(
    `select relname as name from pg_class where relname like 'operation\\_%' and relkind = 'r' and reltuples > 1000`,
  );
  largeTables = ['delivery', 'attempt', 'subscription', ...partitions.map(({ name }) => name)];
});

afterAll(async () => {
  await database.close();
  await testDb.drop();
});

const scansOf = (work: (tx: Tx) => Promise<unknown>) => sequentialScans(database, largeTables, work);
const wish = { limit: 256, perHost: 8, room: new Map([['dead', 1]]), afterHost: '', leaseMs: 1000 };

describe('beside 100,000 deliveries, by indexes go', () => {
  it('the look for what has ended, among 10,000 that wait', async () => {
    const look = async (tx: Tx) => {
      const { due, next } = await sweepWaiting(tx, '00000000-0000-0000-0000-000000000000', 1000);
      expect([due, typeof next]).toEqual([500, 'string']);
      await sweepWaiting(tx, next!, 1000);
    };
    expect(await scansOf(look)).toEqual([]);
  });

  it('a claim, from each of eleven hosts its share, and its records', async () => {
    const claim = async (tx: Tx) => {
      const claimed = await claimDeliveries(tx, wish);
      expect(claimed).toHaveLength(10 * 8 + 1);
      const result = { attemptedAt: new Date(), status: 204, durationMs: 1, error: null };
      await recordAttempts(
        tx,
        claimed.map((one) => ({ ...one, ...result, step: { state: 'DELIVERED' } })),
      );
    };
    expect(await scansOf(claim)).toEqual([]);
  });

  it('what a write stages', async () => {
    const operationId = randomUUID();
    const client = { tenantId: 'ACME', accountId: 'ACME', clientId: 'client-7' };
    const stage = async (tx: Tx) =>
      expect(await stageCallback(tx, { ...client, operationId, facadeUrl: '', url: new URL('https://x/') })).toBe(101);
    expect(await scansOf(stage)).toEqual([]);
  });

  it('pages, a retry and retention', async () => {
    const reads = async (tx: Tx) => {
      const [last] = await listDeliveries(tx, 'ACME', { limit: 50 });
      const { deliveryId: before, operationId } = last!;
      await listDeliveries(tx, 'ACME', { limit: 50, before });
      await listDeliveries(tx, 'ACME', { limit: 50, operationId });
      await retryDelivery(tx, 'ACME', before);
      await deleteOldDeliveries(tx, 1, 1000);
    };
    expect(await scansOf(reads)).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { openDatabase, type Database, type Transactions, type Tx } from '#libs/postgres';
import { entriesRead, operationRow, saveAccounts, testDatabase, type TestDatabase } from '#libs/testing';
import {
  endCancelled,
  endOperations,
  expireOperations,
  insertOperations,
  lockExpired,
  lockOperations,
  readAnswers,
  readEnded,
  startOperations,
} from './index.js';

const dayMs = 86_400_000;
const yesterdayNoon = new Date(Math.floor(Date.now() / dayMs) * dayMs - dayMs / 2);
const idThen = (): string => uuidv7({ msecs: yesterdayNoon.getTime() });

let testDb: TestDatabase;
let database: Database;
let partition: string;

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'operation-plans', poolSize: 2 });
  await saveAccounts(database);
  partition = `operation_${yesterdayNoon.toISOString().slice(0, 10).replaceAll('-', '')}`;
  for (const statement of fill) await database.query(statement);
});

afterAll(async () => {
  await database.close();
  await testDb.drop();
});

/** Partitions of ninety days, and 100,000 operations of one of them that have ended since the last VACUUM. */
const fill = [
  `select operations.ensure_partitions((now() at time zone 'UTC')::date - 90, 98)`,
  `do $$ begin execute format('alter table operations.%I set (autovacuum_enabled = off)',
     (select 'operation_' || to_char(now() at time zone 'UTC' - interval '1 day', 'YYYYMMDD'))); end $$`,
  `insert into operations.operation (operation_id, tenant_id, account_id, actor, facade, action, status, command_id,
     command_source, correlation_id, created_at, updated_at, deadline)
   select uuidv7(date_trunc('day', now() at time zone 'UTC') at time zone 'UTC' - interval '12 hours' - now()), 'ACME', 'ACME', 'crm', 'kafka',
     'SwapSubscriberResource', 'ACCEPTED', n::text, '/s', 'c', now(), now(), now() - interval '1 hour'
   from generate_series(1, 100000) as n`,
  `update operations.operation set status = 'COMPLETED'`,
  'analyze',
];

const end = { status: 'COMPLETED', businessTransactionId: null, response: null, error: null } as const;

describe.each([
  ['planned each time', (): Transactions => database],
  ['kept', (): Transactions => database.prepared],
])('beside 100,000 operations that have just ended and 97 other days, plans that are %s', (_, transactions) => {
  const rows = Array.from({ length: 10 }, () =>
    operationRow({ operationId: idThen(), deadline: new Date(Date.now() - 1000) }),
  );
  const ids = rows.map((row) => row.operationId);
  const cases: [string, (tx: Tx) => Promise<unknown>][] = [
    ['lock', (tx) => lockOperations(tx, ids)],
    ['start', (tx) => startOperations(tx, ids)],
    [
      'end',
      (tx) =>
        endOperations(
          tx,
          ids.map((operationId) => ({ ...end, operationId, endedAt: new Date() })),
        ),
    ],
    ['lock expired', (tx) => lockExpired(tx, ids)],
    ['expire', (tx) => expireOperations(tx, { limit: 10, operationIds: ids })],
    ['cancel', (tx) => endCancelled(tx, ids, { code: 'OPERATION_CANCELLED', message: '' })],
    ['read', (tx) => readAnswers(tx, ids)],
    ['look for the end', (tx) => readEnded(tx, ids)],
  ];

  it.each(cases)('%s by the key of their day alone', async (_name, work) => {
    const insert = (tx: Tx): Promise<void> => insertOperations(tx, rows);
    const read = await entriesRead(transactions(), 'operation\\_%', work, insert);
    expect([...read.keys()]).toEqual([`${partition}_pkey`]);
    expect(read.get(`${partition}_pkey`)).toBeLessThan(100);
  });
});

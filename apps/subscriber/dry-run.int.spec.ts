import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { actorKey } from '#libs/access';
import { bulkSource, type CommandName, type CommandOutcome, type EntityChanged, type Envelope } from '#libs/contracts';
import type { KafkaRecord } from '#libs/kafka';
import { wantedLocks } from '#libs/locks';
import { insertOperations, readOperation } from '#libs/operations';
import { openDatabase, type Database } from '#libs/postgres';
import {
  acme,
  commandRecord,
  lockingOf,
  operationRow,
  saveInventory,
  simRow,
  subscriberId,
  subscriberRow,
  testDatabase,
  type TestDatabase,
} from '#libs/testing';
import { createCommandRunner, takeLocks, type CommandRunner } from '#libs/transactions';
import { subscriberHandlers } from './testing/run-commands.js';

const stateTables = [
  ...['inventory.subscriber', 'inventory.sim', 'inventory.resource', 'inventory.resource_history'],
  ...['operations.request_key', 'operations.lock'],
];
const handlers = subscriberHandlers();

let testDb: TestDatabase;
let database: Database;
let runner: CommandRunner;

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'dry-run', poolSize: 4 });
  runner = createCommandRunner({
    database,
    actors: { resolve: () => Promise.resolve(new Map([[actorKey('ACME', 'acme-crm'), acme]])) },
    source: '/simyard/subscriber',
  });
});
beforeEach(async () => {
  await database.execute(
    `truncate ${stateTables.join()}, inventory.account, operations.operation, messaging.inbox, messaging.outbox cascade`,
  );
  const [one, two, gone] = [
    subscriberRow('SUB-1'),
    subscriberRow('SUB-2', { state: 'Suspended' }),
    subscriberRow('GONE', { state: 'Deactivated' }),
  ];
  await saveInventory(database, {
    subscribers: [one, two, gone],
    sims: [simRow(one, '8901260852290847433'), simRow(two, '8901260852290847441')],
  });
  const holder = lockingOf(operationRow());
  const locked = { type: 'Subscriber' as const, id: subscriberId('SUB-2') };
  await database.transaction((tx) =>
    takeLocks(tx, wantedLocks({ userAction: 'none', entity: 'Subscriber' }, holder, locked)),
  );
});
afterAll(async () => {
  await database.close();
  await testDb.drop();
});

type Sent = [name: CommandName, data: Record<string, unknown>];

const status = (externalId: string, state: string): Sent => [
  'ChangeSubscriberStatus',
  { requestId: randomUUID(), subscriber: { externalId }, state },
];
const creation = (externalId: string): Sent => [
  'CreateSubscriber',
  { requestId: randomUUID(), externalId, accountId: 'ACME-TT', resources: [{ type: 'MSISDN', value: '18685550101' }] },
];

const record = ([name, data]: Sent, envelope: Partial<Envelope> = {}): KafkaRecord =>
  commandRecord(name, data, { envelope: { id: randomUUID(), ...envelope } });
const dry = (sent: Sent) => record(sent, { dryRun: 'true' });

async function published<Value>(topic: string): Promise<Value[]> {
  const rows = await database.query<{ payload: string }>(
    'select payload from messaging.outbox where topic = $1 order by position',
    [topic],
  );
  return rows.map(({ payload }) => JSON.parse(payload) as Value);
}
const changes = () => published<EntityChanged>('simyard.business-transactions.v1');

/** Outcomes of the records, in their order. */
async function handle(records: KafkaRecord[]): Promise<CommandOutcome[]> {
  await runner.handle(records, handlers);
  const outcomes = await published<CommandOutcome>('simyard.command-outcomes.v1');
  return records.flatMap(({ headers }) => outcomes.filter(({ commandId }) => commandId === headers['ce_id']));
}
const codes = (outcomes: CommandOutcome[]) => outcomes.map((outcome) => outcome.error?.code ?? outcome.status);

/** All rows of what commands may change. */
const state = async () =>
  Promise.all(
    stateTables.map((table) =>
      database.query<{ row: unknown }>(`select to_jsonb(t) as row from ${table} t order by 1`),
    ),
  );

const wishes: Sent[] = [
  status('SUB-1', 'Suspended'),
  status('SUB-1', 'Suspended'),
  status('SUB-1', 'Deactivated'),
  status('SUB-2', 'Active'),
  status('GONE', 'Active'),
  status('nobody', 'Active'),
  ['ChangeSubscriberStatus', {}],
  creation('NEW'),
  creation('NEW'),
  creation('OTHER'),
];

describe('a dry run', () => {
  it('answers as the real commands then do, and changes nothing', async () => {
    const before = await state();
    const tried = await handle(wishes.map(dry));
    expect(await state()).toEqual(before);
    expect(await changes()).toEqual([]);
    expect(tried.filter((outcome) => outcome.businessTransactionId !== undefined)).toEqual([]);
    const done = await handle(wishes.map((wish) => record(wish)));
    expect(codes(tried)).toEqual(codes(done));
    expect(new Set(codes(done))).toEqual(
      new Set([
        ...['COMPLETED', 'SUBSCRIBER_STATE_TRANSITION', 'LOCKED', 'SUBSCRIBER_NOT_FOUND', 'REQUEST_ID_REQUIRED'],
        ...['SUBSCRIBER_EXISTS', 'RESOURCE_IN_USE'],
      ]),
    );
    expect(await changes()).not.toEqual([]);
  });

  it('in one batch with real commands comes after them, and leaves them as they are', async () => {
    const [real, tried, created] = [status('SUB-1', 'Suspended'), status('SUB-1', 'Suspended'), creation('NEW')];
    const outcomes = await handle([
      dry(tried),
      dry(creation('TRIED')),
      record(real),
      record(created),
      dry(creation('NEW')),
    ]);
    expect(codes(outcomes)).toEqual([
      ...['SUBSCRIBER_STATE_TRANSITION', 'RESOURCE_IN_USE', 'COMPLETED', 'COMPLETED', 'SUBSCRIBER_EXISTS'],
    ]);
    const published = await changes();
    expect(published.map(({ entityType, version }) => `${entityType} ${version}`).sort()).toEqual([
      ...['SIM 2', 'Subscriber 1', 'Subscriber 2', 'SubscriberResource 1'],
    ]);
    const subscribers = await database.query('select external_id, state, version from inventory.subscriber order by 1');
    expect(subscribers).toMatchObject([
      { external_id: 'GONE' },
      { external_id: 'NEW', version: 1 },
      { external_id: 'SUB-1', state: 'Suspended', version: 2 },
      { external_id: 'SUB-2', version: 1 },
    ]);
  });

  it('leaves its operation as any command, and its requestId to the real one', async () => {
    const wish = status('SUB-1', 'Suspended');
    const tried = dry(wish);
    const [outcome] = await handle([tried, tried]);
    await handle([tried]);
    expect(await published('simyard.command-outcomes.v1')).toHaveLength(1);
    expect(await readOperation(database, null, outcome!.operationId)).toMatchObject({
      ...{ status: 'COMPLETED', response: { dryRun: true }, businessTransactionId: null, error: null },
    });
    const [done] = await handle([record(wish)]);
    expect(done).toMatchObject({ status: 'COMPLETED', businessTransactionId: expect.any(String) });
  });

  it('of a bulk ends the operation of its item', async () => {
    const rows = [operationRow({ commandSource: bulkSource }), operationRow({ commandSource: bulkSource })];
    await insertOperations(database, rows);
    const [fine, refused] = rows.map(({ operationId }) => ({ id: operationId, source: bulkSource, dryRun: 'true' }));
    await handle([record(status('SUB-1', 'Inactive'), fine), record(status('SUB-2', 'Inactive'), refused)]);
    const read = await Promise.all(rows.map(({ operationId }) => readOperation(database, null, operationId)));
    expect(read).toMatchObject([
      { status: 'COMPLETED', response: { dryRun: true } },
      { status: 'FAILED', error: { code: 'LOCKED' } },
    ]);
    expect(await changes()).toEqual([]);
  });

  it('is asked for by true, also in structured mode, and by nothing else', async () => {
    const real = record(status('SUB-1', 'Suspended'), { dryRun: 'false' });
    const wrong = record(status('SUB-1', 'Inactive'), { dryRun: 'yes' });
    const [name, data] = status('SUB-1', 'Active');
    const event = {
      ...{ specversion: '1.0', id: randomUUID(), type: `simyard.${name}.v1`, source: '/test/producer', tenant: 'ACME' },
      ...{ actor: 'acme-crm', dryrun: true, data },
    };
    const structured: KafkaRecord = {
      ...real,
      offset: real.offset + 1000n,
      headers: { 'content-type': 'application/cloudevents+json', ce_id: event.id },
      value: Buffer.from(JSON.stringify(event)),
    };
    expect(codes(await handle([real, wrong, structured]))).toEqual(['COMPLETED', 'COMPLETED']);
    expect(await changes()).toMatchObject([{ after: { state: 'Suspended' } }, { after: { status: 'SUSPENDED' } }]);
    const [letter] = await database.query<{ headers: string }>(
      `select headers from messaging.outbox where topic like '%.dead-letter'`,
    );
    expect(letter?.headers).toContain('MESSAGE_ENVELOPE_INVALID');
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { actorKey } from '#libs/access';
import { gatewaySource, interactiveTopic, type CommandName, type CommandOutcome, type Envelope } from '#libs/contracts';
import type { KafkaRecord } from '#libs/kafka';
import { readHeldLocks, wantedLocks } from '#libs/locks';
import { insertOperations, readOperation } from '#libs/operations';
import { savePlatform } from '#libs/platforms';
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
import { createCommandRunner, endTimedOut, takeLocks, type CommandRunner } from '#libs/transactions';
import { secretPepper, subscriberHandlers } from '../testing/run-commands.js';

const iccid = '89014103211118510720';
const subscriber = { externalId: 'SUB-1' };
const entity = { type: 'Subscriber', id: subscriberId('SUB-1') } as const;
const entityKey = `Subscriber ${entity.id}`;

let testDb: TestDatabase;
let database: Database;
let runner: CommandRunner;

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'platform-changes', poolSize: 6 });
  const settings = { baseUrl: 'https://jasper.test', credential: 'its-token', callbackSecret: 'its-secret' };
  await database.transaction((tx) => savePlatform(tx, secretPepper, 'JASPER', settings));
  runner = createCommandRunner({
    database,
    actors: { resolve: () => Promise.resolve(new Map([[actorKey('ACME', 'acme-crm'), acme]])) },
    source: '/simyard/subscriber',
  });
});
beforeEach(async () => {
  await database.execute(
    `truncate inventory.subscriber, inventory.sim, inventory.account, operations.lock, operations.operation,
       operations.request_key, messaging.inbox, messaging.outbox cascade`,
  );
  const one = subscriberRow('SUB-1');
  const away = subscriberRow('AWAY', { platform: 'TMUS' });
  await saveInventory(database, { subscribers: [one, away], sims: [simRow(one, iccid), simRow(away, `${iccid}9`)] });
});
afterAll(async () => {
  await database.close();
  await testDb.drop();
});

const handlers = subscriberHandlers();
const handle = (...records: KafkaRecord[]): Promise<void> => runner.handle(records, handlers);
const record = (name: CommandName, data: object, envelope: Partial<Envelope> = {}, topic?: string): KafkaRecord =>
  commandRecord(name, { subscriber, ...data }, { envelope, ...(topic === undefined ? {} : { topic }) });
const suspend = (envelope?: Partial<Envelope>, requestId: string = randomUUID()): KafkaRecord =>
  record('ChangeSimStatus', { requestId, status: 'SUSPENDED' }, envelope);

async function published<Value>(topic: string): Promise<(Value & { headers: Record<string, string> })[]> {
  const rows = await database.query<{ payload: string; headers: string }>(
    'select payload, headers from messaging.outbox where topic = $1 order by position',
    [topic],
  );
  return rows.map(({ payload, headers }) => ({
    ...(JSON.parse(payload) as Value),
    headers: JSON.parse(headers) as Record<string, string>,
  }));
}
const outcomes = () => published<CommandOutcome>('simyard.command-outcomes.v1');
const codes = async () => (await outcomes()).map(({ status, error }) => error?.code ?? status);
const requests = (lane = '') => published<{ change: unknown }>(`simyard.platform-requests.${lane}v1`);
const holder = async () => (await readHeldLocks(database, [entity])).get(entityKey)?.operationId;
const simNow = async () =>
  (await database.query('select status, version from inventory.sim where iccid = $1', [iccid]))[0];

const changes: [CommandName, object, object][] = [
  ['ChangeSimStatus', { status: 'SUSPENDED' }, { kind: 'status', status: 'SUSPENDED' }],
  ['ChangeSubscriberStatus', { state: 'Inactive' }, { kind: 'status', status: 'INACTIVE' }],
  [
    'AssignCustomProperties',
    { set: [{ name: 'colour', value: 'Blue' }] },
    { kind: 'custom-properties', customProperties: [{ name: 'colour', value: 'Blue' }] },
  ],
  ['TransferSim', { accountId: 'ACME-JM' }, { kind: 'account', account: 'ACME-JM' }],
];

describe('on a connected platform', () => {
  it.each(changes)('%s of Kafka begins: the platform is asked, and the subscriber held', async (name, data, change) => {
    const sent = record(name, { requestId: 'r-1', transactionId: 't-1', ...data });
    await handle(sent);
    const [outcome, ...others] = await outcomes();
    expect(others).toEqual([]);
    expect(outcome).toMatchObject({ status: 'ACCEPTED', commandId: sent.headers['ce_id'] });
    const { operationId } = outcome!;
    const operation = await readOperation(database, null, operationId);
    expect(operation).toMatchObject({ status: 'IN_PROGRESS', action: name, facade: 'kafka', requestId: 'r-1' });
    expect(operation?.deadline?.getTime()).toBeGreaterThan(Date.now());
    expect(await requests()).toEqual([
      {
        ...{ requestId: 'r-1', transactionId: 't-1', platform: 'JASPER', iccid, subscriberId: entity.id, change },
        headers: expect.objectContaining({ ce_id: operationId, ce_source: '/simyard/subscriber', ce_tenant: 'ACME' }),
      },
    ]);
    expect(await holder()).toBe(operationId);
    expect(await simNow()).toEqual({ status: 'ACTIVE', version: 1 });
  });

  it('a command of the gateway keeps the lock and the deadline of its admission, and goes by the lane of callers', async () => {
    const row = operationRow({ action: 'ChangeSimStatus' });
    await database.transaction(async (tx) => {
      await insertOperations(tx, [row]);
      await takeLocks(tx, wantedLocks({ userAction: 'single', entity: 'Subscriber' }, lockingOf(row), entity));
    });
    const envelope = { id: row.operationId, source: gatewaySource };
    await handle(record('ChangeSimStatus', { status: 'SUSPENDED' }, envelope, interactiveTopic('subscriber')));
    expect(await codes()).toEqual(['ACCEPTED']);
    expect(await requests()).toEqual([]);
    expect(await requests('interactive.')).toMatchObject([{ iccid, headers: { ce_id: row.operationId } }]);
    expect(await holder()).toBe(row.operationId);
    expect(await readOperation(database, null, row.operationId)).toMatchObject({
      ...{ status: 'IN_PROGRESS', deadline: row.deadline },
    });
  });

  it('one of several begins, and the others are refused: in its batch, after it, and at the same time', async () => {
    await Promise.all([
      handle(suspend(), record('TransferSim', { accountId: 'ACME-JM' }), suspend()),
      handle(suspend()),
    ]);
    await handle(record('ResetActivationTime', {}), suspend());
    expect((await codes()).sort()).toEqual(['ACCEPTED', ...Array.from({ length: 5 }, () => 'LOCKED')]);
    const accepted = (await outcomes()).find(({ status }) => status === 'ACCEPTED');
    const refused = (await outcomes()).filter(({ status }) => status === 'REJECTED');
    expect(new Set(refused.map(({ error }) => error?.details?.['operationId']))).toEqual(
      new Set([accepted?.operationId]),
    );
    expect(await requests()).toHaveLength(1);
    expect(await holder()).toBe(accepted?.operationId);
    expect(await database.query('select from operations.lock')).toHaveLength(1);
  });

  it('one that was refused by a lock may come again with its requestId once that is free', async () => {
    await handle(suspend(), suspend(undefined, 'r-2'));
    await database.execute(
      `update operations.operation set deadline = now() - interval '1 s' where status = 'IN_PROGRESS'`,
    );
    await database.transaction((tx) => endTimedOut(tx));
    expect(await holder()).toBeUndefined();
    await handle(suspend(undefined, 'r-2'));
    expect(await codes()).toEqual(['ACCEPTED', 'LOCKED', 'OPERATION_TIMED_OUT', 'ACCEPTED']);
  });

  it('one takes over from an operation past its deadline that nobody has ended yet', async () => {
    await handle(suspend());
    await database.execute(`update operations.operation set deadline = now() - interval '1 s'`);
    await database.execute(`update operations.lock set expires_at = now() - interval '1 s'`);
    await handle(suspend());
    expect((await codes()).sort()).toEqual(['ACCEPTED', 'ACCEPTED', 'OPERATION_TIMED_OUT']);
    expect(await database.query('select from operations.lock')).toHaveLength(1);
    const open = await database.query<{ id: string }>(
      `select operation_id as id from operations.operation where status = 'IN_PROGRESS'`,
    );
    expect(open).toEqual([{ id: await holder() }]);
  });

  it('one that comes again begins nothing more', async () => {
    const sent = suspend();
    await handle(sent, sent);
    await handle(sent);
    expect(await codes()).toEqual(['ACCEPTED']);
    expect(await requests()).toHaveLength(1);
  });

  it('a dry run says what would be, and leaves nothing', async () => {
    await handle(suspend({ dryRun: 'true' }), record('TransferSim', { accountId: 'ACME-TT' }, { dryRun: 'true' }));
    expect((await codes()).sort()).toEqual(['COMPLETED', 'LOCKED']);
    expect(await requests()).toEqual([]);
    expect(await holder()).toBeUndefined();
    await handle(suspend());
    await handle(suspend({ dryRun: 'true' }));
    expect((await codes()).slice(2)).toEqual(['ACCEPTED', 'LOCKED']);
  });
});

describe('on a platform that is not connected', () => {
  it('changes are made at once, and a transfer where the platform offers it', async () => {
    const away = { subscriber: { externalId: 'AWAY' } };
    const set = [{ name: 'it’s "colour", or\tso', value: '' }];
    await handle(
      commandRecord('AssignCustomProperties', { ...away, set }),
      commandRecord('ChangeSimStatus', { ...away, status: 'SUSPENDED' }),
      commandRecord('TransferSim', { ...away, accountId: 'ACME-JM' }),
    );
    expect((await codes()).sort()).toEqual(['COMPLETED', 'COMPLETED', 'PLATFORM_CHANGE_NOT_OFFERED']);
    await database.execute(`update inventory.sim set platform = 'TURKCELL' where iccid = '${iccid}9'`);
    await handle(commandRecord('TransferSim', { ...away, accountId: 'ACME-JM' }));
    expect((await codes()).at(-1)).toBe('COMPLETED');
    const rows = await database.query(
      `select status, state, custom_properties as "customProperties", sim.account_id as sim, subscriber.account_id as owner
       from inventory.sim join inventory.subscriber using (subscriber_id) where external_id = 'AWAY'`,
    );
    expect(rows).toEqual([
      { status: 'SUSPENDED', state: 'Suspended', customProperties: set, sim: 'ACME-JM', owner: 'ACME-JM' },
    ]);
    expect(await requests()).toEqual([]);
    expect(await database.query('select from operations.lock')).toEqual([]);
  });
});

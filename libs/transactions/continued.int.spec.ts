import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { actorKey } from '#libs/access';
import { gatewaySource, platformSource, type CommandOutcome, type EntityChanged, type Envelope } from '#libs/contracts';
import type { CallHandler, KafkaRecord } from '#libs/kafka';
import { wantedLocks } from '#libs/locks';
import { insertOperations, readOperation, type OperationRow } from '#libs/operations';
import { openDatabase, type Database } from '#libs/postgres';
import { SimyardError } from '#libs/errors';
import {
  acme,
  commandRecord,
  globex,
  lockingOf,
  operationRow,
  subscriberId,
  testDatabase,
  type TestDatabase,
} from '#libs/testing';
import type { Change, Command, Decision } from './command.js';
import { createCommandRunner, type CommandRunner } from './command-server.js';
import { completed } from './decision.js';
import { cancelOperations, endTimedOut } from './end-timed-out.js';
import { outboxLane, type OutboxMessage } from './outbox.sql.js';
import { takeLocks } from './take-locks.js';

const iccid = '8901260852290847433';
const entity = { type: 'Subscriber', id: subscriberId('SUB-1') } as const;
const refusal = { code: 'PLATFORM_FAILED', message: 'No.', details: { statusCode: 409 } } as const;

/** The SIM's change, which the beginning leaves to the answer. */
const change: Change = {
  ...{ entityType: 'SIM', entityId: iccid, aggregateId: iccid, tenantId: 'ACME', accountId: 'ACME-TT', version: 2 },
  ...{ operation: 'UPDATED', before: { status: 'ACTIVE' }, after: { status: 'SUSPENDED' } },
};

const asking = ({ operationId, lane }: Command): OutboxMessage => ({
  ...{
    lane: outboxLane('subscriber', lane),
    id: operationId,
    aggregateType: 'Asked',
    aggregateId: iccid,
    type: 'asked',
    topic: 'asked',
    key: iccid,
  },
  ...{ headers: { ce_id: operationId }, payload: '{}' },
});

/** Begins and asks; the answer ends, by what it says. */
function decide(command: Command): Decision {
  if (command.name === 'ChangeSimStatus') {
    return { status: 'ACCEPTED', deadline: new Date(Date.now() + 60_000), messages: [asking(command)] };
  }
  const { state } = command.data as { state: string };
  return state === 'DONE' ? completed(new Date(), [change]) : { status: 'FAILED', error: refusal };
}

let seen: Command[] = [];
const callHandler: CallHandler = () => (data) => {
  seen.push(...(data as Command[]));
  return Promise.resolve((data as Command[]).map(decide));
};

let testDb: TestDatabase;
let database: Database;
let runner: CommandRunner;

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 4 });
  const actors = new Map([
    [actorKey('ACME', 'acme-crm'), acme],
    [actorKey('GLOBEX', 'globex-crm'), globex],
  ]);
  runner = createCommandRunner({
    database,
    actors: { resolve: () => Promise.resolve(actors) },
    source: '/simyard/monitor',
  });
});
beforeEach(async () => {
  seen = [];
  await database.execute(
    'truncate messaging.outbox, messaging.inbox, operations.operation, operations.request_key, operations.lock',
  );
});
afterAll(async () => {
  await database.close();
  await testDb.drop();
});

const handle = (...records: KafkaRecord[]): Promise<void> => runner.handle(records, callHandler);

const told = { platform: 'JASPER', iccid, subscriberId: entity.id, change: { kind: 'status', status: 'SUSPENDED' } };

function answer(operationId: string, state = 'DONE', envelope: Partial<Envelope> = {}): KafkaRecord {
  return commandRecord(
    'RecordPlatformResponse',
    { ...told, state, statusCode: 200, message: '', requestId: 'r-1' },
    { envelope: { id: operationId, source: platformSource, correlationId: 'of the answer', ...envelope } },
  );
}

/** An operation of the gateway that holds its subscriber, and whose command has begun it. */
async function begun(changes: Partial<OperationRow> = {}): Promise<OperationRow> {
  const row = operationRow({ action: 'ChangeSimStatus', commandId: randomUUID(), ...changes });
  await database.transaction(async (tx) => {
    await insertOperations(tx, [row]);
    await takeLocks(tx, wantedLocks({ userAction: 'single', entity: 'Subscriber' }, lockingOf(row), entity));
  });
  return row;
}

async function published<Value>(topic: string): Promise<Value[]> {
  const rows = await database.query<{ payload: string }>(
    'select payload from messaging.outbox where topic = $1 order by position',
    [topic],
  );
  return rows.map(({ payload }) => JSON.parse(payload) as Value);
}
const outcomes = () => published<CommandOutcome>('simyard.command-outcomes.v1');
const codes = async () => (await outcomes()).map(({ status, error }) => error?.code ?? status);
const changes = () => published<EntityChanged>('simyard.business-transactions.v1');
const locks = () => database.query('select from operations.lock');
const deadLetters = () => published('simyard.resource-swap.commands.v1.dead-letter');

describe('a command that continues an operation', () => {
  it('ends what another command began, as that command', async () => {
    const sent = commandRecord('ChangeSimStatus', { requestId: 'r-1', status: 'SUSPENDED' });
    await handle(sent);
    const [accepted] = await outcomes();
    expect(await database.query<object>(`select lane, headers from messaging.outbox where topic = 'asked'`)).toEqual([
      { lane: 1, headers: JSON.stringify({ ce_id: accepted?.operationId }) },
    ]);
    await handle(answer(accepted!.operationId));
    const [, done] = await outcomes();
    expect(done).toEqual({ ...accepted, status: 'COMPLETED', businessTransactionId: expect.any(String) });
    expect(accepted?.commandId).toBe(sent.headers['ce_id']);
    expect(await changes()).toMatchObject([
      {
        businessTransaction: {
          ...{ id: done?.businessTransactionId, type: 'ChangeSimStatus', operationId: accepted?.operationId },
          ...{ commandId: accepted?.commandId, correlationId: sent.headers['ce_correlationid'], actor: 'acme-crm' },
        },
      },
    ]);
    expect(await readOperation(database, null, accepted!.operationId)).toMatchObject({
      ...{ status: 'COMPLETED', action: 'ChangeSimStatus', businessTransactionId: done?.businessTransactionId },
    });
    expect(seen.map(({ name, action }) => [name, action])).toEqual([
      ['ChangeSimStatus', 'ChangeSimStatus'],
      ['RecordPlatformResponse', 'ChangeSimStatus'],
    ]);
  });

  it('frees the locks of the operation, also when the change FAILED', async () => {
    const [one, other] = [await begun(), operationRow({ actor: 'other' })];
    const record = commandRecord('ChangeSimStatus', {}, { envelope: { id: one.operationId, source: gatewaySource } });
    await handle(record);
    expect(await locks()).toHaveLength(2);
    await handle(answer(one.operationId, 'FAILED'));
    expect(await locks()).toEqual([]);
    expect(await codes()).toEqual(['ACCEPTED', 'PLATFORM_FAILED']);
    expect((await outcomes())[1]).toEqual({
      ...{ commandId: one.commandId, operationId: one.operationId, status: 'FAILED', error: refusal },
    });
    expect(await readOperation(database, null, one.operationId)).toMatchObject({ status: 'FAILED', error: refusal });
    expect(await changes()).toEqual([]);
    const again = wantedLocks({ userAction: 'none', entity: 'Subscriber' }, lockingOf(other), entity);
    expect(await takeLocks(database, again)).toEqual(new Map());
  });

  it('may end an operation that its own command has not reached yet, which then does nothing', async () => {
    const one = await begun();
    await handle(answer(one.operationId));
    await handle(commandRecord('ChangeSimStatus', {}, { envelope: { id: one.operationId, source: gatewaySource } }));
    expect(await codes()).toEqual(['COMPLETED']);
  });

  it('counts once, by whichever topic and however often it comes', async () => {
    const one = await begun();
    const record = answer(one.operationId);
    await Promise.all([
      handle(record, record),
      handle({ ...record, topic: 'simyard.monitor.commands.interactive.v1' }),
    ]);
    await handle(record);
    expect(await codes()).toEqual(['COMPLETED']);
    expect(seen).toHaveLength(1);
  });

  it('with another answer under the same operation is a dead letter, and the first one counts', async () => {
    const one = await begun();
    await handle(answer(one.operationId), answer(one.operationId, 'FAILED'));
    expect(await codes()).toEqual(['COMPLETED']);
    expect(await deadLetters()).toHaveLength(1);
  });

  it('claims no requestId of its own', async () => {
    const one = await begun();
    await handle(answer(one.operationId));
    expect(await database.query('select from operations.request_key')).toEqual([]);
  });

  it('does nothing for an operation that has ended', async () => {
    const [late, cancelled] = [
      await begun({ deadline: new Date(Date.now() - 1000) }),
      operationRow({ actor: 'other' }),
    ];
    await insertOperations(database, [cancelled]);
    await database.transaction((tx) => endTimedOut(tx));
    await database.transaction((tx) => cancelOperations(tx, [cancelled.operationId]));
    await handle(answer(late.operationId), answer(cancelled.operationId));
    expect(await codes()).toEqual(['OPERATION_TIMED_OUT', 'OPERATION_CANCELLED']);
    expect(seen).toEqual([]);
  });

  it('ends an operation that is past its deadline as such', async () => {
    const late = await begun({ deadline: new Date(Date.now() - 1000) });
    await handle(answer(late.operationId));
    expect(await outcomes()).toMatchObject([{ commandId: late.commandId, error: { code: 'OPERATION_TIMED_OUT' } }]);
    expect(seen).toEqual([]);
    expect(await locks()).toEqual([]);
  });

  it('of an operation that there is not, or that is another tenant’s, is a dead letter', async () => {
    const one = await begun();
    await handle(answer(uuidv7()), answer('no uuid'));
    await handle(answer(one.operationId, 'DONE', { tenant: 'GLOBEX', actor: 'globex-crm' }));
    expect(await deadLetters()).toHaveLength(3);
    expect(seen).toEqual([]);
    expect(await readOperation(database, null, one.operationId)).toMatchObject({ status: 'ACCEPTED' });
  });

  it('that cannot be handled fails the operation, with the outcome of the command that began it', async () => {
    const one = await begun();
    await runner.deadLetter(answer(one.operationId), new SimyardError('INTERNAL_ERROR'), 5);
    expect(await outcomes()).toMatchObject([
      { commandId: one.commandId, status: 'FAILED', error: { code: 'INTERNAL_ERROR' } },
    ]);
    expect(await readOperation(database, null, one.operationId)).toMatchObject({ status: 'FAILED' });
    expect(await locks()).toEqual([]);
    expect(await deadLetters()).toHaveLength(1);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { actorKey } from '#libs/access';
import { commandType, gatewaySource, type CommandOutcome } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import { resourceTypeSource, shareSubscribers } from '#libs/inventory';
import { wantedLocks, type LockLevels } from '#libs/locks';
import { insertOperations, lockOperations, readOperation, type OperationRow } from '#libs/operations';
import { openDatabase, type Database } from '#libs/postgres';
import {
  acme,
  commandRecord,
  eventually,
  lockingOf,
  operationRow,
  platformsOf,
  resourceRow,
  saveInventory,
  subscriberId,
  subscriberRow,
  testDatabase,
  type TestDatabase,
} from '#libs/testing';
import {
  cancelOperations,
  createCommandRunner,
  endTimedOut,
  takeLocks,
  type Command,
  type CommandHandler,
  type CommandRunner,
  type HandlerContext,
} from '#libs/transactions';
import { createSubscriber } from './create/create-subscriber.handler.js';
import { changeSubscriberStatus } from './status/change-status.handler.js';

const entity = { type: 'Subscriber' as const, id: subscriberId('SUB-1') };
const levels: LockLevels = { userAction: 'single', entity: 'Subscriber' };
const past = () => new Date(Date.now() - 1000);
const types = resourceTypeSource();
const sources = { types, platforms: () => Promise.resolve(platformsOf()), operationDeadlineMs: 600_000 };

let testDb: TestDatabase;
let database: Database;
let runner: CommandRunner;

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'subscriber-locks', poolSize: 6 });
  runner = createCommandRunner({
    database,
    actors: { resolve: () => Promise.resolve(new Map([[actorKey('ACME', 'acme-crm'), acme]])) },
    source: '/simyard/subscriber',
  });
});
beforeEach(async () => {
  await database.execute(`truncate inventory.subscriber, inventory.account, inventory.resource, operations.lock, operations.operation,
    operations.request_key, messaging.inbox, messaging.outbox cascade`);
  await saveInventory(database, { subscribers: [subscriberRow('SUB-1'), subscriberRow('SUB-2')] });
});
afterAll(async () => {
  await database.close();
  await testDb.drop();
});

/** Called by the handler once it has its rows and knows who holds locks, before it decides. */
type Pause = () => Promise<void>;

/** Runs records through the real handlers; `pause` comes between their look at the locks and their decisions. */
function handle(records: ReturnType<typeof commandRecord>[], pause?: Pause): Promise<void> {
  const handlers = new Map<string, CommandHandler<never>>([
    [commandType('ChangeSubscriberStatus'), changeSubscriberStatus(sources)],
    [commandType('CreateSubscriber'), createSubscriber(sources)],
  ]);
  return runner.handle(records, (type) => {
    const handler = handlers.get(type);
    return handler && ((commands, context) => handler(commands as Command<never>[], paused(context, pause)));
  });
}

function paused(context: unknown, pause: Pause | undefined): HandlerContext {
  const { tx, heldLocks } = context as HandlerContext;
  return {
    tx,
    heldLocks: async (entities) => {
      const locks = await heldLocks(entities);
      await pause?.();
      return locks;
    },
  };
}

const statusData = (state = 'Suspended') => ({ requestId: 'r-1', subscriber: { externalId: 'SUB-1' }, state });
const fromKafka = (state?: string) => commandRecord('ChangeSubscriberStatus', statusData(state));
const fromGateway = ({ operationId }: OperationRow, state?: string) =>
  commandRecord('ChangeSubscriberStatus', statusData(state), {
    envelope: { id: operationId, source: gatewaySource },
  });

/** An admission, as the gateway makes it; `beforeCommit` holds its transaction open. */
function admit(row: OperationRow, beforeCommit?: Pause): Promise<string | undefined> {
  return database.transaction(async (tx) => {
    await shareSubscribers(tx, [entity.id]);
    const refused = await takeLocks(tx, wantedLocks(levels, lockingOf(row), entity));
    if (refused.size === 0) await insertOperations(tx, [row]);
    await beforeCommit?.();
    return refused.get(row.operationId)?.operationId;
  });
}

const otherUser = (changes: Partial<OperationRow> = {}) => operationRow({ actor: 'portal', ...changes });

async function someoneWaits(): Promise<void> {
  const rows = await database.query(
    `select 1 from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock' and backend_type = 'client backend'`,
  );
  expect(rows.length).toBeGreaterThan(0);
}

const stateOf = async (externalId = 'SUB-1') =>
  (
    await database.query<{ state: string; version: number }>(
      'select state, version from inventory.subscriber where external_id = $1',
      [externalId],
    )
  )[0];
const outbox = async (topic: string) =>
  (
    await database.query<{ payload: string }>(
      'select payload from messaging.outbox where topic = $1 order by position',
      [topic],
    )
  ).map(({ payload }) => JSON.parse(payload) as CommandOutcome);
const outcomes = () => outbox('simyard.command-outcomes.v1');
const holders = async () =>
  (
    await database.query<{ id: string }>(
      `select operation_id as id from operations.lock where level = 'entity' and key = $1`,
      [`Subscriber ${entity.id}`],
    )
  ).map(({ id }) => id);
const statusOf = async ({ operationId }: OperationRow) => (await readOperation(database, null, operationId))?.status;

describe('at the same instant', () => {
  it('a command that has the row goes first, and the admission then gets the lock', async () => {
    const hasRow = Promise.withResolvers<undefined>();
    const command = handle([fromKafka()], async () => {
      hasRow.resolve(undefined);
      await eventually(someoneWaits);
    });
    await hasRow.promise;
    const row = operationRow();
    const [, refusedBy] = await Promise.all([command, admit(row)]);
    expect(refusedBy).toBeUndefined();
    expect(await stateOf()).toEqual({ state: 'Suspended', version: 2 });
    expect(await outcomes()).toMatchObject([{ status: 'COMPLETED' }]);
    expect(await holders()).toEqual([row.operationId]);
  });

  it('an admission that has the row goes first, and the command is refused', async () => {
    const hasLock = Promise.withResolvers<undefined>();
    const row = operationRow();
    const admission = admit(row, async () => {
      hasLock.resolve(undefined);
      await eventually(someoneWaits);
    });
    await hasLock.promise;
    await Promise.all([admission, handle([fromKafka()])]);
    expect(await stateOf()).toEqual({ state: 'Active', version: 1 });
    expect(await outcomes()).toMatchObject([
      { status: 'REJECTED', error: { code: 'LOCKED', details: { operationId: row.operationId } } },
    ]);
    expect(await holders()).toEqual([row.operationId]);
  });
});

describe('a command of Kafka', () => {
  it('is refused while another operation holds its subscriber, and may come again with its requestId', async () => {
    const row = operationRow();
    await admit(row);
    await handle([fromKafka(), fromKafka()]);
    expect(await stateOf()).toMatchObject({ version: 1 });
    await handle([fromGateway(row, 'Inactive')]);
    expect(await holders()).toEqual([]);
    await handle([fromKafka()]);
    expect((await outcomes()).map(({ status, error }) => error?.code ?? status)).toEqual([
      'LOCKED',
      'LOCKED',
      'COMPLETED',
      'COMPLETED',
    ]);
    expect(await stateOf()).toEqual({ state: 'Suspended', version: 3 });
  });

  it('is refused also in the batch in which that operation ends', async () => {
    const row = operationRow();
    await admit(row);
    await handle([fromGateway(row, 'Inactive'), fromKafka()]);
    expect((await outcomes()).map(({ status, error }) => error?.code ?? status)).toEqual(['COMPLETED', 'LOCKED']);
    expect(await stateOf()).toEqual({ state: 'Inactive', version: 2 });
  });

  it('takes nothing from a Deactivated subscriber whom another operation holds', async () => {
    const gone = subscriberRow('GONE', { state: 'Deactivated' });
    await saveInventory(database, {
      subscribers: [gone],
      resources: [resourceRow(gone, 'MSISDN', '18685550104')],
    });
    const row = operationRow();
    const onGone = { ...entity, id: subscriberId('GONE') };
    await database.transaction((tx) => takeLocks(tx, wantedLocks(levels, lockingOf(row), onGone)));
    const creation = {
      ...{ requestId: 'r-2', externalId: 'NEW', accountId: 'ACME-TT' },
      resources: [{ type: 'MSISDN', value: '18685550104' }],
    };
    await handle([commandRecord('CreateSubscriber', creation)]);
    expect(await outcomes()).toMatchObject([{ error: { code: 'LOCKED', details: { operationId: row.operationId } } }]);
    expect(await stateOf('NEW')).toBeUndefined();
  });

  it('ends an operation past its deadline that is in its way', async () => {
    const row = operationRow({ deadline: past() });
    await admit(row);
    await handle([fromKafka()]);
    expect(await stateOf()).toEqual({ state: 'Suspended', version: 2 });
    expect(await statusOf(row)).toBe('TIMED_OUT');
    expect(await holders()).toEqual([]);
    expect(await outcomes()).toMatchObject([
      { operationId: row.operationId, status: 'FAILED', error: { code: 'OPERATION_TIMED_OUT' } },
      { status: 'COMPLETED' },
    ]);
  });
});

describe('an operation whose command still waits in Kafka', () => {
  it('is ended after its deadline by who wants its lock, and its late command changes nothing', async () => {
    const late = operationRow({ deadline: past() });
    await admit(late);
    const next = otherUser();
    expect(await admit(next)).toBeUndefined();
    expect(await statusOf(late)).toBe('TIMED_OUT');
    expect(await holders()).toEqual([next.operationId]);

    await handle([fromGateway(late)]);
    expect(await stateOf()).toEqual({ state: 'Active', version: 1 });
    expect(await outcomes()).toMatchObject([
      { operationId: late.operationId, status: 'FAILED', error: { code: 'OPERATION_TIMED_OUT' } },
    ]);
    await handle([fromGateway(next)]);
    expect(await stateOf()).toEqual({ state: 'Suspended', version: 2 });
    expect(await holders()).toEqual([]);
  });

  it('is ended by its own command, should that be the first to see the deadline gone', async () => {
    const late = operationRow({ deadline: past() });
    await admit(late);
    await handle([fromGateway(late), fromKafka('Inactive')]);
    expect(await statusOf(late)).toBe('TIMED_OUT');
    expect(await stateOf()).toEqual({ state: 'Inactive', version: 2 });
    expect((await outcomes()).map(({ status, error }) => error?.code ?? status)).toEqual([
      'OPERATION_TIMED_OUT',
      'COMPLETED',
    ]);
  });

  it('may be cancelled, which frees its lock and fences its command', async () => {
    const stuck = operationRow();
    await admit(stuck);
    const next = otherUser();
    expect(await admit(next)).toBe(stuck.operationId);
    const ids = [stuck.operationId];
    expect(await database.transaction((tx) => cancelOperations(tx, ids))).toEqual(ids);
    expect(await database.transaction((tx) => cancelOperations(tx, ids))).toEqual([]);
    expect(await admit(next)).toBeUndefined();

    await handle([fromGateway(stuck)]);
    expect(await stateOf()).toEqual({ state: 'Active', version: 1 });
    expect(await statusOf(stuck)).toBe('CANCELLED');
    expect(await outcomes()).toMatchObject([
      { operationId: stuck.operationId, status: 'FAILED', error: { code: 'OPERATION_CANCELLED' } },
    ]);
  });

  it('frees its lock when the command is dead-lettered', async () => {
    const row = operationRow();
    await admit(row);
    await runner.deadLetter(fromGateway(row), new SimyardError('INTERNAL_ERROR'), 5);
    expect(await statusOf(row)).toBe('FAILED');
    expect(await holders()).toEqual([]);
  });

  it('is not ended while its row belongs to who handles its command', async () => {
    const row = operationRow({ deadline: past() });
    await admit(row);
    await database.transaction(async (tx) => {
      await lockOperations(tx, [row.operationId]);
      expect(await admit(otherUser())).toBe(row.operationId);
      await handle([fromKafka()]);
    });
    expect(await outcomes()).toMatchObject([
      { status: 'REJECTED', error: { code: 'LOCKED', details: { operationId: row.operationId } } },
    ]);
    expect(await statusOf(row)).toBe('ACCEPTED');
    expect(await holders()).toEqual([row.operationId]);
    expect(await database.transaction((tx) => endTimedOut(tx))).toEqual([row.operationId]);
    expect(await holders()).toEqual([]);
  });
});

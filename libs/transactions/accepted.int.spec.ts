import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { actorKey } from '#libs/access';
import { commandType, gatewaySource, type CommandOutcome } from '#libs/contracts';
import type { CallHandler } from '#libs/kafka';
import { wantedLocks } from '#libs/locks';
import { endOperations, insertOperations, readOperation } from '#libs/operations';
import { openDatabase, type Database } from '#libs/postgres';
import { acme, commandRecord, lockingOf, operationRow, testDatabase, type TestDatabase } from '#libs/testing';
import type { Command, Decision } from './command.js';
import { createCommandRunner, type CommandRunner } from './command-server.js';
import { completed } from './decision.js';
import { endTimedOut, operationOutcome } from './end-timed-out.js';
import { appendToOutbox } from './outbox.sql.js';
import { takeLocks } from './take-locks.js';

const deadline = new Date(Date.now() + 3_600_000);

/** Submitting a bulk job begins it; cancelling one finds nothing to do. */
const decide = (command: Command): Decision =>
  command.name === 'SubmitBulkJob' ? { status: 'ACCEPTED', deadline } : completed(new Date(), []);
const callHandler: CallHandler = () => (data) => Promise.resolve((data as Command[]).map(decide));

let testDb: TestDatabase;
let database: Database;
let runner: CommandRunner;

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 4 });
  runner = createCommandRunner({
    database,
    actors: { resolve: () => Promise.resolve(new Map([[actorKey('ACME', 'acme-crm'), acme]])) },
    source: '/simyard/bulk-jobs',
  });
});
beforeEach(() =>
  database.execute(
    'truncate messaging.outbox, messaging.inbox, operations.operation, operations.request_key, operations.lock',
  ),
);
afterAll(async () => {
  await database.close();
  await testDb.drop();
});

const job = (requestId: string) => ({ requestId, action: 'ResetActivationTime', items: [{ data: {} }] });
const submission = (requestId: string) => commandRecord('SubmitBulkJob', job(requestId));
const read = (operationId: string) => readOperation(database, null, operationId);

async function outcomes(): Promise<CommandOutcome[]> {
  const rows = await database.query<{ payload: string }>('select payload from messaging.outbox order by position');
  return rows.map(({ payload }) => JSON.parse(payload) as CommandOutcome);
}

/** As the handler's service does once the work is done. */
const end = (operationId: string): Promise<void> =>
  database.transaction(async (tx) => {
    const operation = await readOperation(tx, null, operationId);
    if (!operation) throw new Error('no such operation');
    const ended = { businessTransactionId: null, response: '{"done":1}', error: null, endedAt: new Date() };
    await endOperations(tx, [{ ...ended, operationId, status: 'COMPLETED' }]);
    await appendToOutbox(tx, [operationOutcome(operation, { status: 'COMPLETED' }, '/simyard/bulk-jobs')]);
  });

describe('an accepted command', () => {
  it('of Kafka has an operation that goes on, and a second outcome at its end', async () => {
    await runner.handle([submission('r-1')], callHandler);
    const [accepted] = await outcomes();
    expect(accepted).toMatchObject({ status: 'ACCEPTED' });
    expect(await read(accepted!.operationId)).toMatchObject({ status: 'IN_PROGRESS', facade: 'kafka', deadline });
    await end(accepted!.operationId);
    const [, done] = await outcomes();
    expect(done).toEqual({ ...accepted, status: 'COMPLETED' });
    expect(await read(accepted!.operationId)).toMatchObject({ status: 'COMPLETED', response: { done: 1 } });
  });

  it('of the gateway keeps its deadline and its locks until the end', async () => {
    const row = operationRow({ action: 'SubmitBulkJob' });
    const locks = wantedLocks({ userAction: 'bulk', entity: 'none' }, lockingOf(row));
    await database.transaction(async (tx) => {
      await insertOperations(tx, [row]);
      await takeLocks(tx, locks);
    });
    const id = row.operationId;
    const record = commandRecord('SubmitBulkJob', job(id), { envelope: { id, source: gatewaySource } });
    await runner.handle([record], callHandler);
    expect(await read(id)).toMatchObject({ status: 'IN_PROGRESS', deadline: row.deadline });
    const second = { ...lockingOf(operationRow()), action: 'SubmitBulkJob' };
    const again = wantedLocks({ userAction: 'bulk', entity: 'none' }, second);
    expect((await takeLocks(database, again)).get(second.operationId)).toMatchObject({ operationId: id });
    await end(id);
    expect(await takeLocks(database, again)).toEqual(new Map());
    expect((await outcomes()).map(({ operationId, status }) => [operationId, status])).toEqual([
      [id, 'ACCEPTED'],
      [id, 'COMPLETED'],
    ]);
  });

  it('is ended by its deadline when nobody else ends it', async () => {
    await runner.handle([submission('r-1')], callHandler);
    const [{ operationId } = { operationId: '' }] = await outcomes();
    await database.execute(`update operations.operation set deadline = now() - interval '1 second'`);
    expect(await database.transaction((tx) => endTimedOut(tx))).toEqual([operationId]);
    expect((await outcomes()).map(({ status, error }) => error?.code ?? status)).toEqual([
      'ACCEPTED',
      'OPERATION_TIMED_OUT',
    ]);
  });

  it('is not accepted again while it goes on, and answers its repeat afterwards', async () => {
    await runner.handle([submission('r-1'), submission('r-1')], callHandler);
    await runner.handle([submission('r-1')], callHandler);
    const [accepted] = await outcomes();
    await end(accepted!.operationId);
    await runner.handle([submission('r-1')], callHandler);
    expect((await outcomes()).map(({ status, error }) => error?.code ?? status)).toEqual([
      ...['ACCEPTED', 'REQUEST_IN_PROGRESS', 'REQUEST_IN_PROGRESS', 'COMPLETED', 'COMPLETED'],
    ]);
    const open = await database.query(`select from operations.operation where status in ('ACCEPTED', 'IN_PROGRESS')`);
    expect(open).toEqual([]);
  });

  it('is not begun by a dry run', async () => {
    const record = commandRecord('SubmitBulkJob', job('r-1'), { envelope: { dryRun: 'true' } });
    await runner.handle([record], callHandler);
    const [outcome] = await outcomes();
    expect(outcome).toMatchObject({ status: 'COMPLETED' });
    expect(await read(outcome!.operationId)).toMatchObject({ status: 'COMPLETED', response: { dryRun: true } });
  });
});

describe('a command that has nothing to change', () => {
  it('is completed without a business transaction', async () => {
    const record = commandRecord('CancelBulkJob', { requestId: 'r-1', jobId: randomUUID() });
    expect(record.headers['ce_type']).toBe(commandType('CancelBulkJob'));
    await runner.handle([record], callHandler);
    const [outcome, ...others] = await outcomes();
    expect(others).toEqual([]);
    expect(outcome).toEqual({
      commandId: record.headers['ce_id'],
      operationId: outcome!.operationId,
      status: 'COMPLETED',
    });
    expect(await read(outcome!.operationId)).toMatchObject({ status: 'COMPLETED', businessTransactionId: null });
  });
});

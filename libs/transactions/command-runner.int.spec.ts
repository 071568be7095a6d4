import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { actorKey } from '#libs/access';
import { gatewaySource, type CommandOutcome, type EntityChanged, type SwapSubscriberResource } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import type { CallHandler } from '#libs/kafka';
import {
  claimRequestKeys,
  insertOperations,
  readKeyHolder,
  readOperation,
  requestFingerprint,
  requestScope,
  type OperationRow,
  type RequestKey,
} from '#libs/operations';
import { openDatabase, type Database } from '#libs/postgres';
import { metricsRegistry } from '#libs/runtime';
import { commandRecord, testDatabase, type TestDatabase } from '#libs/testing';
import type { Command, Decision, HandlerContext } from './command.js';
import { createCommandRunner, type CommandRunner } from './command-server.js';

const actor = { username: 'acme-crm', tenantId: 'ACME', accountId: 'ACME' };
const entityId = randomUUID();
const swapData = (requestId: string) => ({ requestId, subscriber: { externalId: 'SUB-1' }, resource: '1' });

/** Counts up one row per command, so that a command handled twice shows. */
async function count(commands: Command<SwapSubscriberResource>[], { tx }: HandlerContext): Promise<Decision[]> {
  const decisions: Decision[] = [];
  for (const { data } of commands) {
    if (data.resource === 'refuse') {
      decisions.push({ status: 'REJECTED', error: { code: 'RESOURCE_IN_USE', message: 'in use' } });
      continue;
    }
    if (data.resource === 'fault') throw new Error('a fault of the handler');
    const [row] = await tx.query<{ version: number }>('update counter set version = version + 1 returning version');
    const version = row?.version ?? 0;
    const change = {
      entityType: 'SubscriberResource' as const,
      entityId,
      aggregateId: 'a',
      tenantId: 'ACME',
      accountId: 'ACME',
      version,
    };
    decisions.push({
      status: 'COMPLETED',
      occurredAt: new Date(),
      changes: [{ ...change, operation: 'UPDATED', before: { version: version - 1 }, after: { version } }],
    });
  }
  return decisions;
}

const callHandler: CallHandler = (type) =>
  type === 'simyard.SwapSubscriberResource.v1'
    ? (data, context) => count(data as Command<SwapSubscriberResource>[], context as HandlerContext)
    : undefined;

describe('the command runner', () => {
  let testDb: TestDatabase;
  let database: Database;
  let runner: CommandRunner;

  beforeAll(async () => {
    testDb = await testDatabase();
    database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 5 });
    await database.execute('create table counter (version integer)');
    runner = createCommandRunner({
      database,
      actors: { resolve: () => Promise.resolve(new Map([[actorKey('ACME', 'acme-crm'), actor]])) },
      source: '/simyard/resource-swap',
    });
  });
  beforeEach(async () => {
    await database.execute(
      'truncate counter, messaging.outbox, messaging.inbox, operations.operation, operations.request_key',
    );
    await database.execute('insert into counter values (0)');
  });
  afterAll(async () => {
    await database.close();
    await testDb.drop();
  });

  const version = async () => (await database.query<{ version: number }>('select version from counter'))[0]!.version;
  const outbox = (topic: string) =>
    database.query<{ payload: string; headers: Record<string, string>; raw_payload: Buffer | null }>(
      'select payload, headers::json, raw_payload from messaging.outbox where topic = $1 order by position',
      [topic],
    );
  const outcomes = async () =>
    (await outbox('simyard.command-outcomes.v1')).map((row) => JSON.parse(row.payload) as CommandOutcome);
  const changes = async () =>
    (await outbox('simyard.business-transactions.v1')).map((row) => JSON.parse(row.payload) as EntityChanged);
  const deadLetters = () => outbox('simyard.resource-swap.commands.v1.dead-letter');
  const operations = () =>
    database.query<{ operation_id: string; status: string; error: { code: string } | null }>(
      'select operation_id, status, error::json from operations.operation order by operation_id',
    );

  it('writes state, change, outcome and operation of each command in one transaction', async () => {
    await runner.handle([commandRecord('SwapSubscriberResource', swapData('r1'))], callHandler);
    expect(await version()).toBe(1);
    const [change] = await changes();
    expect(change).toMatchObject({
      sequence: 1,
      version: 1,
      entityId,
      businessTransaction: { entityCount: 1, requestId: 'r1' },
    });
    const [outcome] = await outcomes();
    expect(outcome).toMatchObject({ status: 'COMPLETED', businessTransactionId: change!.businessTransaction.id });
    expect(await operations()).toMatchObject([{ operation_id: outcome!.operationId, status: 'COMPLETED' }]);
  });

  it('handles a command once, however often it comes, in one batch and in concurrent ones', async () => {
    const record = commandRecord('SwapSubscriberResource', swapData('r1'));
    const again = { ...record, topic: 'simyard.resource-swap.commands.interactive.v1', offset: 1n };
    await Promise.all([
      runner.handle([record, again, record], callHandler),
      runner.handle([again, record], callHandler),
      runner.handle([record], callHandler),
    ]);
    await runner.handle([again], callHandler);
    expect(await version()).toBe(1);
    expect(await outcomes()).toHaveLength(1);
  });

  it('dead-letters a command id that comes again with another body', async () => {
    const record = commandRecord('SwapSubscriberResource', swapData('r1'));
    const other = { ...record, offset: record.offset + 1n, value: Buffer.from('{"requestId":"r2"}') };
    await runner.handle([record, other], callHandler);
    await runner.handle([{ ...other, offset: other.offset + 1n }], callHandler);
    expect(await version()).toBe(1);
    expect((await deadLetters()).map((row) => row.headers['dlt_cause'])).toEqual([
      'COMMAND_ID_REUSED',
      'COMMAND_ID_REUSED',
    ]);
  });

  it('dead-letters what it cannot read beside good commands, once', async () => {
    const broken = commandRecord('SwapSubscriberResource', null, { value: Buffer.from('{"requestId":') });
    const noTenant = commandRecord('SwapSubscriberResource', swapData('r2'));
    delete noTenant.headers['ce_tenant'];
    const batch = [broken, commandRecord('SwapSubscriberResource', swapData('r1')), noTenant];
    await runner.handle(batch, callHandler);
    await runner.handle(batch, callHandler);
    expect(await version()).toBe(1);
    const letters = await deadLetters();
    expect(letters.map((row) => row.headers['dlt_cause']).sort()).toEqual([
      'MESSAGE_ENVELOPE_INVALID',
      'MESSAGE_NOT_JSON',
    ]);
    expect(letters.map((row) => row.raw_payload?.toString())).toContain('{"requestId":');
    expect((await outcomes()).map((outcome) => outcome.status).sort()).toEqual(['COMPLETED', 'FAILED']);
  });

  it('answers a repeated requestId with the first answer, and refuses it for another request', async () => {
    await runner.handle(
      [
        commandRecord('SwapSubscriberResource', swapData('r1')),
        commandRecord('SwapSubscriberResource', swapData('r1')),
        commandRecord('SwapSubscriberResource', { ...swapData('r1'), resource: '2' }),
      ],
      callHandler,
    );
    await runner.handle([commandRecord('SwapSubscriberResource', swapData('r1'))], callHandler);
    expect(await version()).toBe(1);
    expect(await changes()).toHaveLength(1);
    const all = await outcomes();
    expect(all.map((outcome) => outcome.status).sort()).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED', 'REJECTED']);
    expect(new Set(all.flatMap((outcome) => outcome.businessTransactionId ?? [])).size).toBe(1);
    expect(all.find((outcome) => outcome.status === 'REJECTED')?.error?.code).toBe('REQUEST_ID_REUSED');
  });

  it('takes null for what is left out', async () => {
    const nulls = { transactionId: null, swapResource: null, subscriber: { externalId: 'SUB-1', identifier: null } };
    await runner.handle(
      [
        commandRecord('SwapSubscriberResource', swapData('r1')),
        commandRecord('SwapSubscriberResource', { ...swapData('r1'), ...nulls }),
        commandRecord('SwapSubscriberResource', { ...swapData('r1'), requestId: null }),
      ],
      callHandler,
    );
    // The last one is another request, which has no requestId.
    expect(await version()).toBe(2);
    expect((await outcomes()).map(({ status }) => status)).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED']);
  });

  it('stores a refusal as the final answer without changing anything', async () => {
    await runner.handle(
      [commandRecord('SwapSubscriberResource', { ...swapData('r1'), resource: 'refuse' })],
      callHandler,
    );
    expect(await version()).toBe(0);
    expect(await operations()).toMatchObject([{ status: 'FAILED', error: { code: 'RESOURCE_IN_USE' } }]);
  });

  it('lets nothing of a batch stand when its handler fails, and dead-letters the culprit when told to', async () => {
    const fault = commandRecord('SwapSubscriberResource', { ...swapData('r2'), resource: 'fault' });
    const batch = [commandRecord('SwapSubscriberResource', swapData('r1')), fault];
    await expect(runner.handle(batch, callHandler)).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
    expect(await version()).toBe(0);
    expect(await operations()).toHaveLength(0);
    await runner.deadLetter(fault, new SimyardError('INTERNAL_ERROR'), 5);
    await runner.handle(batch, callHandler);
    expect(await version()).toBe(1);
    expect((await deadLetters()).map((row) => row.headers['dlt_attempts'])).toEqual(['5']);
    expect((await operations()).map((row) => row.status).sort()).toEqual(['COMPLETED', 'FAILED']);
  });

  it('counts what it has committed, once, and how long it took from the sender', async () => {
    metricsRegistry.resetMetrics();
    const sentAt = new Date(Date.now() - 20_000).toISOString();
    const slow = commandRecord('SwapSubscriberResource', swapData('r1'), { envelope: { time: sentAt } });
    const refused = commandRecord('SwapSubscriberResource', { ...swapData('r2'), resource: 'refuse' });
    const unknown = commandRecord('SwapSubscriberResource', {}, { envelope: { type: 'any.text' } });
    const fault = commandRecord('SwapSubscriberResource', { ...swapData('r3'), resource: 'fault' });
    await expect(runner.handle([slow, refused, unknown, fault], callHandler)).rejects.toThrow();
    await runner.handle([slow, refused, unknown], callHandler);
    await runner.handle([slow], callHandler);
    const metrics = await metricsRegistry.metrics();
    const swap = 'type="simyard.SwapSubscriberResource.v1"';
    expect(metrics.match(/^simyard_commands_total.*/gm)?.sort()).toEqual([
      `simyard_commands_total{${swap},status="COMPLETED"} 1`,
      `simyard_commands_total{${swap},status="REJECTED"} 1`,
      'simyard_commands_total{type="unknown",status="FAILED"} 1',
    ]);
    expect(metrics).toContain(`simyard_command_latency_seconds_bucket{le="10",${swap}} 1`);
    expect(metrics).toContain(`simyard_command_latency_seconds_bucket{le="60",${swap}} 2`);
    expect(metrics).toContain(
      'simyard_command_dead_letters_total{topic="simyard.resource-swap.commands.v1",code="COMMAND_TYPE_UNKNOWN"} 1',
    );
    expect(metrics).toContain('simyard_inbox_repeats_total 1');
  });

  it("does nothing for a gateway's operation that has ended, and dead-letters one that never was", async () => {
    const [open, expired, unknown] = [uuidv7(), uuidv7(), uuidv7()];
    await insertOperations(database, [gatewayOperation(open, 'ACCEPTED'), gatewayOperation(expired, 'TIMED_OUT')]);
    const records = [open, expired, unknown].map((id) =>
      commandRecord('SwapSubscriberResource', swapData(id), { envelope: { id, source: gatewaySource } }),
    );
    await runner.handle(records, callHandler);
    expect(await version()).toBe(1);
    expect((await operations()).map((row) => row.status)).toEqual(['COMPLETED', 'TIMED_OUT']);
    expect((await deadLetters()).map((row) => row.headers['dlt_cause'])).toEqual(['OPERATION_UNKNOWN']);
  });

  it('lets a replay take the requestId of the operation that it replays, once', async () => {
    const failed = { ...gatewayOperation(uuidv7(), 'FAILED'), error: '{"code":"INTERNAL_ERROR","message":"a fault"}' };
    const refused = { ...gatewayOperation(uuidv7(), 'FAILED'), error: '{"code":"RESOURCE_IN_USE","message":"in use"}' };
    await insertOperations(database, [failed, refused]);
    await claimRequestKeys(database, [failed, refused].map(requestKeyOf));
    const replay = ({ operationId }: OperationRow) =>
      commandRecord('SwapSubscriberResource', swapData(operationId), { envelope: { replayOf: operationId } });
    const [first, again] = [replay(failed), replay(failed)];
    const plain = commandRecord('SwapSubscriberResource', swapData(failed.operationId));
    await runner.handle([plain], callHandler);
    expect(await version()).toBe(0);
    await runner.handle([first, again, replay(refused)], callHandler);
    await runner.handle([replay(failed), plain], callHandler);
    expect(await version()).toBe(1);
    const all = await outcomes();
    expect(all.map(({ status, error }) => error?.code ?? status)).toEqual([
      'INTERNAL_ERROR',
      ...['COMPLETED', 'COMPLETED', 'RESOURCE_IN_USE', 'COMPLETED'],
    ]);
    const replayed = await readOperation(database, null, all[1]!.operationId);
    expect(replayed).toMatchObject({ status: 'COMPLETED', replayOf: failed.operationId });
    const holder = await readKeyHolder(database, requestKeyOf(failed));
    expect(holder).toMatchObject({ operationId: replayed!.operationId });
  });

  it('dead-letters a command of a type that this service does not handle', async () => {
    await runner.handle([commandRecord('CreateSubscriber', { externalId: 'S', accountId: 'ACME' })], callHandler);
    expect((await deadLetters()).map((row) => row.headers['dlt_cause'])).toEqual(['COMMAND_TYPE_UNKNOWN']);
    expect(await outcomes()).toMatchObject([{ status: 'FAILED', error: { code: 'COMMAND_TYPE_UNKNOWN' } }]);
  });
});

function requestKeyOf({ operationId }: OperationRow): RequestKey {
  const fingerprint = requestFingerprint('SwapSubscriberResource', swapData(operationId));
  return { tenantId: 'ACME', scope: requestScope.ocs('acme-crm'), key: operationId, fingerprint, operationId };
}

function gatewayOperation(operationId: string, status: OperationRow['status']): OperationRow {
  const now = new Date();
  return {
    operationId,
    tenantId: 'ACME',
    accountId: 'ACME',
    actor: 'acme-crm',
    clientId: 'client',
    facade: 'ocs',
    action: 'SwapSubscriberResource',
    status,
    commandId: operationId,
    commandSource: gatewaySource,
    entityType: null,
    entityId: null,
    requestId: operationId,
    transactionId: null,
    correlationId: operationId,
    causationId: null,
    replayOf: null,
    businessTransactionId: null,
    request: null,
    response: null,
    error: null,
    sourceTopic: null,
    sourcePartition: null,
    sourceOffset: null,
    createdAt: now,
    updatedAt: now,
    deadline: null,
  };
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { openDatabase, type Database } from '#libs/postgres';
import { eventually, testDatabase, type TestDatabase } from '#libs/testing';
import {
  claimRequestKeys,
  endOperations,
  expireOperations,
  insertOperations,
  listOperations,
  lockOperations,
  readEnded,
  readOperation,
  releaseRequestKeys,
  runRetention,
  type KeyClaim,
  type OperationFilter,
  type OperationRow,
  type RequestKey,
} from './index.js';

const day = 86_400_000;
let testDb: TestDatabase;
let db: Database;

beforeAll(async () => {
  testDb = await testDatabase();
  db = await openDatabase({ url: testDb.url, applicationName: 'operations-spec', poolSize: 10 });
  await db.execute(`insert into inventory.account (account_id, tenant_id, parent_id, name, path) values
    ('T', 'T', null, 'root', '{T}'), ('T-a', 'T', 'T', 'sub', '{T,T-a}'), ('T-b', 'T', 'T', 'sub', '{T,T-b}'),
    ('U', 'U', null, 'another tenant', '{U}')`);
});

afterAll(async () => {
  await db.close();
  await testDb.drop();
});

function operation(changes: Partial<OperationRow> = {}): OperationRow {
  const createdAt = changes.createdAt ?? new Date();
  const operationId = uuidv7({ msecs: createdAt.getTime() });
  return {
    operationId,
    tenantId: 'T',
    accountId: 'T',
    actor: 'crm',
    clientId: null,
    facade: 'kafka',
    action: 'SwapSubscriberResource',
    status: 'ACCEPTED',
    commandId: operationId,
    commandSource: '/crm',
    entityType: null,
    entityId: null,
    requestId: null,
    transactionId: null,
    correlationId: randomUUID(),
    causationId: null,
    replayOf: null,
    businessTransactionId: null,
    request: null,
    response: null,
    error: null,
    sourceTopic: null,
    sourcePartition: null,
    sourceOffset: null,
    createdAt,
    updatedAt: createdAt,
    deadline: null,
    ...changes,
  };
}

function keyOf(row: OperationRow, key: string, fingerprint: string = randomUUID()): RequestKey {
  return { tenantId: row.tenantId, scope: 'ocs:crm', key, fingerprint, operationId: row.operationId };
}

describe('insertOperations, lockOperations and endOperations', () => {
  it('keep every attribute and end an open operation once', async () => {
    const row = operation({
      request: '{"b":"“quoted\\\\","a":[1,null]}',
      sourceOffset: '9007199254740993',
      sourcePartition: 3,
    });
    await db.transaction((tx) => insertOperations(tx, [row, operation()]));
    const businessTransactionId = randomUUID();
    const end = { operationId: row.operationId, businessTransactionId, error: null, endedAt: new Date() };

    const statusNow = async () => (await readOperation(db, 'T', row.operationId))?.status;
    expect(await statusNow()).toBe('ACCEPTED');
    await endOperations(db, [{ ...end, status: 'COMPLETED', response: '{"done":true}' }]);
    expect(await statusNow()).toBe('COMPLETED');
    await endOperations(db, [{ ...end, status: 'FAILED', response: null }]);

    const read = await readOperation(db, 'T', row.operationId);
    expect(read).toMatchObject({
      status: 'COMPLETED',
      businessTransactionId,
      request: { b: '“quoted\\', a: [1, null] },
      response: { done: true },
      sourceOffset: '9007199254740993',
      sourcePartition: 3,
      createdAt: row.createdAt,
    });
  });

  it('lock in id order what exists', async () => {
    const rows = [operation(), operation(), operation()];
    await insertOperations(db, rows);
    const ids = rows.map((row) => row.operationId);

    const locked = await db.transaction((tx) => lockOperations(tx, [...ids.toReversed(), randomUUID()]));

    expect(locked.map((row) => row.operationId)).toEqual(ids.toSorted());
    expect(locked[0]).toMatchObject({ tenantId: 'T', actor: 'crm', status: 'ACCEPTED' });
  });

  it('find ended operations among those waited for', async () => {
    const open = operation();
    const ended = operation({ status: 'FAILED', error: '{"code":"RESOURCE_IN_USE","message":"taken"}' });
    await insertOperations(db, [open, ended]);
    const outcomes = await readEnded(db, [open.operationId, ended.operationId]);
    expect(outcomes).toMatchObject([
      {
        operationId: ended.operationId,
        status: 'FAILED',
        response: null,
        error: { code: 'RESOURCE_IN_USE', message: 'taken' },
      },
    ]);
  });
});

describe('claimRequestKeys', () => {
  it('gives each key to one operation and names the holder to the others', async () => {
    const [first, second, third] = [operation(), operation(), operation()];
    const key = randomUUID();
    const fingerprint = randomUUID();

    const batch = await claimRequestKeys(db, [
      keyOf(first, key, fingerprint),
      keyOf(second, key),
      keyOf(third, `${key}b`),
    ]);
    const later = await claimRequestKeys(db, [keyOf(third, key)]);

    const held = { claimed: false, holder: { operationId: first.operationId, fingerprint } };
    expect(batch).toEqual([{ claimed: true }, held, { claimed: true }]);
    expect(later).toEqual([held]);
  });

  it('waits for a transaction that is claiming, and never deadlocks with one in opposite order', async () => {
    const keys = Array.from({ length: 50 }, () => randomUUID());
    const claim = (ordered: string[]): Promise<number> =>
      db.transaction(async (tx) => {
        const claims = await claimRequestKeys(
          tx,
          ordered.map((key) => keyOf(operation(), key)),
        );
        return claims.filter((one) => one.claimed).length;
      });
    const won = await Promise.all([claim(keys), claim(keys.toReversed()), claim(keys), claim(keys.toReversed())]);
    expect(won.toSorted((a, b) => b - a)).toEqual([50, 0, 0, 0]);
  });
});

describe('releaseRequestKeys', () => {
  it('frees what the transaction has claimed, for who waits for it, and nothing of others', async () => {
    const [mine, theirs] = [randomUUID(), randomUUID()];
    const [first, second, third] = [operation(), operation(), operation()];
    await claimRequestKeys(db, [keyOf(third, theirs)]);
    let waiting: Promise<KeyClaim[]> | undefined;
    await db.transaction(async (tx) => {
      expect(await claimRequestKeys(tx, [keyOf(first, mine)])).toEqual([{ claimed: true }]);
      waiting = claimRequestKeys(db, [keyOf(second, mine)]);
      const blocked = 'select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))';
      await eventually(async () => expect(await tx.query(blocked)).not.toHaveLength(0));
      await releaseRequestKeys(tx, [keyOf(first, mine), keyOf(first, theirs)]);
    });
    expect(await waiting).toEqual([{ claimed: true }]);
    expect(await claimRequestKeys(db, [keyOf(first, theirs)])).toMatchObject([
      { claimed: false, holder: { operationId: third.operationId } },
    ]);
  });
});

describe('listOperations', () => {
  const within = (changes: Partial<OperationFilter> = {}): OperationFilter => ({
    from: new Date(Date.now() - day),
    to: new Date(Date.now() + 1000),
    limit: 200,
    ...changes,
  });

  it('pages newest first through the account tree of the caller, and nothing else', async () => {
    const action = 'Paging';
    const rows = Array.from({ length: 25 }, (_, index) =>
      operation({ action, accountId: index % 2 === 0 ? 'T-a' : 'T-b' }),
    );
    await insertOperations(db, [...rows, operation({ action, tenantId: 'U', accountId: 'U' })]);
    const seen: string[] = [];
    for (let before: string | undefined; ; before = seen.at(-1)) {
      const page = await listOperations(db, 'T', within({ action, limit: 10, ...(before && { before }) }));
      if (page.length === 0) break;
      seen.push(...page.map((row) => row.operationId));
    }
    expect(seen).toEqual(
      rows
        .map((row) => row.operationId)
        .toSorted()
        .toReversed(),
    );
    expect(await listOperations(db, 'T-a', within({ action }))).toHaveLength(13);
    expect(await listOperations(db, 'U', within({ action }))).toHaveLength(1);
    expect(await readOperation(db, 'T-b', rows[0]!.operationId)).toBeUndefined();
    expect(await readOperation(db, 'T-a', rows[0]!.operationId)).toMatchObject({ accountId: 'T-a' });
  });

  it('filters by status, facade, requestId, correlationId and time', async () => {
    const wanted = operation({ status: 'FAILED', facade: 'ocs', requestId: randomUUID() });
    const old = operation({ requestId: wanted.requestId, createdAt: new Date(Date.now() - 2 * day) });
    await insertOperations(db, [wanted, old, operation()]);
    const list = async (changes: Partial<OperationFilter>): Promise<string[]> =>
      (await listOperations(db, 'T', within(changes))).map((row) => row.operationId);
    const requestId = wanted.requestId ?? '';
    expect(await list({ requestId })).toEqual([wanted.operationId]);
    expect(await list({ requestId, from: new Date(Date.now() - 3 * day) })).toEqual([
      wanted.operationId,
      old.operationId,
    ]);
    expect(await list({ requestId, status: 'COMPLETED' })).toEqual([]);
    expect(await list({ facade: 'ocs', status: 'FAILED' })).toEqual([wanted.operationId]);
    expect(await list({ correlationId: wanted.correlationId })).toEqual([wanted.operationId]);
  });
});

describe('expireOperations', () => {
  it('ends what is past its deadline, but leaves what is being handled', async () => {
    const past = new Date(Date.now() - 1000);
    const [expired, handled, ended, later] = [
      operation({ deadline: past }),
      operation({ deadline: past }),
      operation({ deadline: past, status: 'COMPLETED' }),
      operation({ deadline: new Date(Date.now() + day) }),
    ];
    await insertOperations(db, [expired, handled, ended, later]);
    const ids = await db.transaction(async (tx) => {
      await lockOperations(tx, [handled.operationId]);
      return (await expireOperations(db, { limit: 100 })).map((operation) => operation.operationId);
    });
    expect(ids).toEqual([expired.operationId]);
    expect(await readOperation(db, 'T', expired.operationId)).toMatchObject({
      status: 'TIMED_OUT',
      error: { code: 'OPERATION_TIMED_OUT' },
    });
  });
});

describe('runRetention', () => {
  it('makes the coming partitions, moves what waited in the default one and drops what is old', async () => {
    const old = operation({ createdAt: new Date(Date.now() - 40 * day) });
    const early = operation({ createdAt: new Date(Date.now() + 7 * day) });
    await db.execute(`select operations.ensure_partitions((now() at time zone 'UTC')::date - 41, 3)`);
    await db.execute(`drop table operations.operation_${dayName(early.createdAt)}`);
    await insertOperations(db, [old, early]);
    await claimRequestKeys(db, [keyOf(old, 'old'), keyOf(early, 'kept')]);
    await db.execute(`update operations.request_key set created_at = now() - interval '40 days' where key = 'old'`);

    const result = await runRetention(db, { retentionDays: 35 });

    expect(result).toEqual({ partitionsMade: 1, partitionsDropped: 3, requestKeysDeleted: 1, monitorsDeleted: 0 });
    expect(await readOperation(db, 'T', old.operationId)).toBeUndefined();
    expect(await readOperation(db, 'T', early.operationId)).toBeDefined();
    const left = await db.query('select from operations.operation_default where operation_id = $1', [
      early.operationId,
    ]);
    expect(left).toEqual([]);
    expect(await runRetention(db, { retentionDays: 35 })).toEqual({
      partitionsMade: 0,
      partitionsDropped: 0,
      requestKeysDeleted: 0,
      monitorsDeleted: 0,
    });
  });
});

const dayName = (date: Date): string => date.toISOString().slice(0, 10).replaceAll('-', '');

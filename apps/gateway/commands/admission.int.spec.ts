import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { ApiClient } from '#libs/access';
import { SimyardError } from '#libs/errors';
import { resourceTypeSource } from '#libs/inventory';
import { endOperations } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import { subscriberId, watched } from '#libs/testing';
import {
  attach,
  changeStatus,
  createParam,
  openAdmissionScene,
  submitBulk,
  user,
  type AdmissionScene,
} from '../testing/admission-scene.js';
import { admitBatch } from './admit-batch.js';
import { admit } from './admit.js';
import { planAdmission, type Admission, type Write } from './plan-admission.js';
import type { Start, Started } from './start.js';

let scene: AdmissionScene;
let start: Start;
const [alice, bob, carol] = [user('alice'), user('bob'), user('carol')];

beforeAll(async () => {
  scene = await openAdmissionScene();
  start = scene.newStart();
}, 60_000);

afterEach(() => scene.clear());

afterAll(() => scene.close());

const plan = (write: Write): Admission => planAdmission(write, uuidv7(), new Date(), 600_000);
const types = resourceTypeSource();
const status = (client: ApiClient, externalId: string, key?: string): Write =>
  changeStatus(client, { externalId }, key);

/** Those that were started, and those that were refused, of writes that are started at once. */
async function startAll(writes: Write[], starts: Start[]): Promise<{ started: Started[]; refused: SimyardError[] }> {
  const ends = await Promise.allSettled(writes.map((write, index) => starts[index % starts.length]!(write)));
  return {
    started: ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : [])),
    refused: ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as SimyardError] : [])),
  };
}

describe('writes that collide', () => {
  it('of one user and action: of 64 at once by three gateways one is admitted, and the others leave no trace', async () => {
    const starts = [start, scene.newStart(), scene.newStart()];
    const writes = Array.from({ length: 64 }, (_, index) => attach(alice, `S-${index % 10}`, randomUUID()));
    const { started, refused } = await startAll(writes, starts);
    expect(started).toEqual([{ operationId: expect.any(String), repeated: false }]);
    const { operationId } = started[0]!;
    expect(refused).toHaveLength(63);
    for (const { code, message, details } of refused) {
      expect({ code, message, details }).toEqual({
        code: 'LOCKED',
        message:
          'The system is currently processing another action, please wait until the previous action is completed and then try again.',
        details: { operationId },
      });
    }
    const { locks, ...stored } = await scene.stored();
    expect(stored).toEqual({ operations: [operationId], keys: [operationId], commands: [operationId] });
    expect(locks).toHaveLength(2);
  });

  it('on one subscriber: of 64 of as many users and two facades one is admitted', async () => {
    const writes = Array.from({ length: 64 }, (_, index) =>
      index % 2 === 0 ? attach(user(`user ${index}`), 'S-1') : status(user(`user ${index}`), 'S-1'),
    );
    const { started, refused } = await startAll(writes, [start, scene.newStart()]);
    expect([started.length, refused.length]).toEqual([1, 63]);
    expect(new Set(refused.map(({ details }) => details?.['operationId']))).toEqual(new Set([started[0]!.operationId]));
    expect((await scene.stored()).operations).toEqual([started[0]!.operationId]);
  });

  it('are admitted once the holder has ended', async () => {
    const { operationId } = await start(attach(alice, 'S-1'));
    await expect(start(attach(alice, 'S-2'))).rejects.toMatchObject({ code: 'LOCKED', details: { operationId } });
    await expect(start(status(bob, 'S-1'))).rejects.toMatchObject({ code: 'LOCKED', details: { operationId } });
    const nothing = { businessTransactionId: null, response: null, error: null };
    await endOperations(scene.database, [{ ...nothing, operationId, status: 'COMPLETED', endedAt: new Date() }]);
    await Promise.all([start(attach(alice, 'S-2')), start(status(bob, 'S-1'))]);
    expect((await scene.stored()).operations).toHaveLength(3);
  });

  it('do not when the subscriber is none of the caller’s: its command will be refused', async () => {
    const stranger = { ...bob, tenantId: 'GLOBEX', accountId: 'GLOBEX' };
    const sibling = { ...carol, accountId: 'ACME-JM' };
    const refId = subscriberId('S-1');
    await Promise.all([stranger, sibling, alice].map((client) => start(changeStatus(client, { refId }))));
    expect((await scene.stored()).locks).toEqual([expect.stringContaining(`Subscriber ${refId} `)]);
  });

  it('hold an account by the writes on its parameters, and a bulk beside single calls', async () => {
    const first = await start(createParam(alice, 'ACME-TT'));
    await expect(start(createParam(bob, 'ACME-TT'))).rejects.toMatchObject({
      details: { operationId: first.operationId },
    });
    await start(attach(alice, 'S-1'));
    const job = await start(submitBulk(alice, 'AttachOffer'));
    await expect(start(submitBulk(alice, 'AttachOffer'))).rejects.toMatchObject({
      details: { operationId: job.operationId },
    });
    await start(submitBulk(bob, 'AttachOffer'));
    await start(submitBulk(alice, 'DetachOffer'));
    expect((await scene.stored()).locks.map((lock) => lock.slice(0, lock.lastIndexOf(' ')))).toEqual([
      'Account ACME-TT',
      'AttachOffer alice',
      'CreateExternalParam alice',
      `Subscriber ${subscriberId('S-1')}`,
      'bulk:AttachOffer alice',
      'bulk:AttachOffer bob',
      'bulk:DetachOffer alice',
    ]);
  });
});

describe('a batch', () => {
  it('commits its others when one is refused', async () => {
    const held = await start(attach(alice, 'S-1'));
    const others = Array.from({ length: 8 }, (_, index) => plan(attach(user(`user ${index}`), `S-${index + 2}`)));
    const refused = plan(status(bob, 'S-1', 'a request'));
    const ends = await admit(scene.database, types, [...others.slice(0, 4), refused, ...others.slice(4)]);
    const fourAdmitted = Array.from({ length: 4 }, () => ({ status: 'ADMITTED' }));
    expect(ends).toEqual([...fourAdmitted, { status: 'LOCKED', operationId: held.operationId }, ...fourAdmitted]);
    const { operations, keys, commands } = await scene.stored();
    const expected = [held.operationId, ...others.map(({ operation }) => operation.operationId)].sort();
    expect({ operations, keys, commands }).toEqual({ operations: expected, keys: expected, commands: expected });
  });

  it('takes as many statements whatever its size', async () => {
    const counted = async (batch: Admission[]): Promise<number> => {
      let statements = 0;
      await scene.database.transaction(async (tx) => {
        await admitBatch(
          watched(tx, () => (statements += 1)),
          await types(tx),
          batch,
        );
      });
      return statements;
    };
    expect(await counted([plan(attach(alice, 'S-0'))])).toBe(5);
    const many = Array.from({ length: 9 }, (_, index) => plan(attach(user(`user ${index}`), `S-${index + 1}`)));
    expect(await counted(many)).toBe(5);
  });

  it('goes on without a write that cannot be stored', async () => {
    const unstorable = plan(status(bob, 'S-2', 'a\u0000b'));
    const [first, second, third] = await admit(scene.database, types, [
      plan(status(alice, 'S-1')),
      unstorable,
      plan(status(carol, 'S-3')),
    ]);
    expect([first, third]).toEqual([{ status: 'ADMITTED' }, { status: 'ADMITTED' }]);
    expect(second).toMatchObject({ status: 'FAILED', error: { code: 'INTERNAL_ERROR' } });
    expect((await scene.stored()).operations).toHaveLength(2);
  });

  it('refuses repeats of a refused write with it, and does not hold their key', async () => {
    const held = await start(status(alice, 'S-1'));
    const repeats = Array.from({ length: 3 }, () => plan(status(bob, 'S-1', 'again')));
    const locked = { status: 'LOCKED', operationId: held.operationId };
    expect(await admit(scene.database, types, repeats)).toEqual([locked, locked, locked]);
    expect((await scene.stored()).keys).toEqual([held.operationId]);
    const end = { businessTransactionId: null, response: null, error: null, endedAt: new Date() };
    await endOperations(scene.database, [{ ...end, operationId: held.operationId, status: 'FAILED' }]);
    expect(await start(status(bob, 'S-1', 'again'))).toMatchObject({ repeated: false });
  });
});

describe('an idempotency key', () => {
  it('starts one operation for 50 requests at once by two gateways, none of which is refused', async () => {
    const writes = Array.from({ length: 50 }, () => attach(alice, 'S-1', 'one'));
    const { started, refused } = await startAll(writes, [start, scene.newStart()]);
    expect(refused).toEqual([]);
    const { operations } = await scene.stored();
    expect(operations).toHaveLength(1);
    expect(started.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect(new Set(started.map(({ operationId }) => operationId))).toEqual(new Set(operations));
    await expect(start(attach(alice, 'S-2', 'one'))).rejects.toMatchObject({ code: 'REQUEST_ID_REUSED' });
  });

  it('is not needed: each request then starts an operation of its own', async () => {
    await start(status(alice, 'S-1'));
    await start(status(alice, 'S-2'));
    const { operations, keys } = await scene.stored();
    expect(operations).toHaveLength(2);
    expect(keys).toEqual(operations);
  });
});

describe('rows that a write brings along', () => {
  const staged = (key: string, stage: NonNullable<Write['stage']>): Write =>
    submitBulk(alice, 'AttachOffer', { key, stage });

  beforeAll(() => scene.database.execute('create table staged (operation_id uuid)'));

  it('are stored with it, but not for a repeat nor a refusal', async () => {
    const stage = async (tx: Tx, operationId: string): Promise<void> => {
      await tx.execute('insert into staged values ($1)', [operationId]);
    };
    const operationId = uuidv7();
    expect(await start({ ...staged('k', stage), operationId })).toEqual({ operationId, repeated: false });
    expect(await start(staged('k', stage))).toEqual({ operationId, repeated: true });
    await expect(start(staged('other', stage))).rejects.toMatchObject({ code: 'LOCKED' });
    expect(await scene.database.query('select operation_id as id from staged')).toEqual([{ id: operationId }]);
  });

  it('fail it alone, and then nothing of it is stored', async () => {
    const stage = (): Promise<void> => Promise.reject(new SimyardError('BULK_EMPTY'));
    const [failed, other] = await Promise.allSettled([start(staged('k', stage)), start(status(bob, 'S-1'))]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { code: 'BULK_EMPTY' } });
    expect(other.status).toBe('fulfilled');
    expect((await scene.stored()).operations).toHaveLength(1);
  });
});

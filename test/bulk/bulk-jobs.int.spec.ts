import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { listItems, readJob, type Job } from '#libs/bulk';
import { acquireLocks, wantedLocks } from '#libs/locks';
import { newId } from '#libs/runtime';
import { eventually, subscriberId } from '#libs/testing';
import { endTimedOut } from '#libs/transactions';
import {
  cancel,
  commandIdOf,
  resetItems,
  retryFailed,
  saveSubscribers,
  stageByGateway,
  submit,
  suspendItems,
} from './jobs.js';
import { startBulkSystem, type BulkSystem } from './system.js';

let system: BulkSystem;

beforeAll(async () => {
  system = await startBulkSystem();
  await saveSubscribers(system.database, 300);
});

afterAll(() => system.stop());

beforeEach(async () => {
  system.outcomes.length = 0;
  await system.database.execute(
    `truncate bulk.job, bulk.item, bulk.in_flight, bulk.item_result, operations.operation, operations.lock, messaging.inbox,
       messaging.outbox`,
  );
  await system.database.execute(`update inventory.subscriber set state = 'Active'`);
  await system.database.execute(`update inventory.sim set status = 'ACTIVE', first_activated_at = now()`);
});

/** The only job, or the newest one. */
async function newestJob(): Promise<Job> {
  const [row] = await system.database.query<{ id: string }>(
    'select job_id as id from bulk.job order by 1 desc limit 1',
  );
  return (await readJob(system.database, null, row!.id))!;
}

const items = async (jobId: string, status?: 'FAILED' | 'CANCELLED' | 'COMPLETED' | 'PENDING' | 'IN_FLIGHT') =>
  listItems(system.database, 'ACME', jobId, { after: 0, limit: 1000, ...(status && { status }) });
const endsOf = (commandId: string) =>
  system.outcomes
    .filter((outcome) => outcome.commandId === commandId)
    .map(({ status, error }) => [status, error?.code]);
const activated = async () =>
  (await system.database.query('select from inventory.sim where first_activated_at is not null')).length;

describe('a job that comes with its command', () => {
  it('runs its items, and ends COMPLETED when all did', async () => {
    const record = submit({ action: 'ResetActivationTime', items: resetItems(1, 200) });
    await system.handle([record]);
    expect(await newestJob()).toMatchObject({ state: 'RUNNING', status: 'IN_PROGRESS', total: 200, pending: 200 });
    await system.work();
    expect(await newestJob()).toMatchObject({ state: 'ENDED', status: 'COMPLETED', completed: 200, pending: 0 });
    expect(endsOf(commandIdOf(record))).toEqual([
      ['ACCEPTED', undefined],
      ['COMPLETED', undefined],
    ]);
    expect(await activated()).toBe(100);
  });

  it('tells what became of each item, by the caller’s key, when some fail', async () => {
    const record = submit({
      action: 'ResetActivationTime',
      items: [
        { key: 'good', data: { subscriber: { externalId: 'S-1' } } },
        { key: 'unknown', data: { subscriber: { externalId: 'NOBODY' } } },
        { key: 'invalid', data: { subscriber: 'S-2' } },
        { key: 'missing', data: {} },
        { data: { subscriber: { externalId: 'S-2' }, newer: 'property' } },
      ],
    });
    await system.handle([record]);
    await system.work();
    const job = await newestJob();
    expect(job).toMatchObject({ status: 'COMPLETED_WITH_ERRORS', completed: 2, failed: 3, cancelled: 0, inFlight: 0 });
    expect((await items(job.jobId)).map(({ key, status, error }) => [key, status, error?.code])).toEqual([
      ['good', 'COMPLETED', undefined],
      ['unknown', 'FAILED', 'SUBSCRIBER_NOT_FOUND'],
      ['invalid', 'FAILED', 'BULK_ITEM_INVALID'],
      ['missing', 'FAILED', 'BULK_ITEM_INVALID'],
      ['5', 'COMPLETED', undefined],
    ]);
    expect(await items(job.jobId, 'FAILED')).toHaveLength(3);
    expect(endsOf(commandIdOf(record))).toEqual([
      ['ACCEPTED', undefined],
      ['FAILED', 'BULK_ITEMS_FAILED'],
    ]);
    expect(system.outcomes.at(-1)?.error?.details).toEqual({ total: 5, completed: 2, failed: 3, cancelled: 0 });
  });

  it('is refused without items, and one of its action and user at a time', async () => {
    const [first, second, other, someone] = [
      submit({ action: 'ResetActivationTime', items: resetItems(1, 1) }),
      submit({ action: 'ResetActivationTime', items: resetItems(2, 2) }),
      submit({ action: 'ChangeSubscriberStatus', items: suspendItems(3, 3) }),
      submit({ action: 'ResetActivationTime', items: resetItems(4, 4) }, { actor: 'acme-portal' }),
    ];
    const empty = submit({ action: 'AttachOffer', items: [] });
    await system.handle([first, second, other, someone, empty]);
    await system.deliver();
    expect([first, second, other, someone, empty].map((record) => endsOf(commandIdOf(record)))).toEqual([
      [['ACCEPTED', undefined]],
      [['REJECTED', 'LOCKED']],
      [['ACCEPTED', undefined]],
      [['ACCEPTED', undefined]],
      [['REJECTED', 'BULK_EMPTY']],
    ]);
    await system.work();
    await system.handle([submit({ action: 'ResetActivationTime', items: resetItems(2, 2) })]);
    await system.work();
    expect(await system.database.query('select from operations.lock')).toHaveLength(0);
    expect(await activated()).toBe(297);
  });

  it('of a dry run decides every item and changes nothing', async () => {
    await system.handle([
      submit({
        action: 'ResetActivationTime',
        dryRun: true,
        items: [...resetItems(1, 50), { data: { subscriber: { externalId: 'X' } } }],
      }),
    ]);
    await system.work();
    expect(await newestJob()).toMatchObject({
      dryRun: true,
      completed: 50,
      failed: 1,
      status: 'COMPLETED_WITH_ERRORS',
    });
    expect(await activated()).toBe(300);
  });
});

describe('locks', () => {
  it('an item whose subscriber is locked fails alone, and the others free theirs', async () => {
    const holder = newId();
    const wanted = wantedLocks(
      { userAction: 'none', entity: 'Subscriber' },
      {
        ...{ operationId: holder, tenantId: 'ACME', accountId: 'ACME', username: 'other', facade: 'ocs' },
        ...{ action: 'SwapSubscriberResource', expiresAt: new Date(Date.now() + 60_000) },
      },
      { type: 'Subscriber', id: subscriberId('S-2') },
    );
    expect(await acquireLocks(system.database, wanted)).toEqual(new Map());
    await system.handle([submit({ action: 'ChangeSubscriberStatus', items: suspendItems(1, 3) })]);
    await system.pass();
    expect(await system.database.query(`select from operations.lock where level = 'entity'`)).toHaveLength(3);
    await system.work();
    const { jobId } = await newestJob();
    expect(await items(jobId, 'FAILED')).toMatchObject([
      { key: '2', error: { code: 'LOCKED', details: { operationId: holder } } },
    ]);
    expect(await system.database.query('select operation_id as id from operations.lock')).toEqual([{ id: holder }]);
    const states = await system.database.query(
      `select external_id, state from inventory.subscriber where external_id in ('S-1', 'S-2', 'S-3') order by 1`,
    );
    expect(states).toMatchObject([{ state: 'Suspended' }, { state: 'Active' }, { state: 'Suspended' }]);
  });

  it('of two items of one subscriber that are sent together one fails', async () => {
    const items = [...suspendItems(1, 1), ...suspendItems(1, 1)];
    await system.handle([submit({ action: 'ChangeSubscriberStatus', items })]);
    await system.work();
    expect(await newestJob()).toMatchObject({ completed: 1, failed: 1, status: 'COMPLETED_WITH_ERRORS' });
  });
});

describe('cancel', () => {
  it('lets those in flight end, and ends the others CANCELLED', async () => {
    const record = submit({ action: 'ResetActivationTime', items: resetItems(1, 100) });
    await system.handle([record]);
    await system.pass({ window: 10 });
    const { jobId } = await newestJob();
    const stop = cancel(jobId);
    await system.handle([stop, cancel(jobId)]);
    await system.work({ window: 10 });
    expect(await newestJob()).toMatchObject({ status: 'CANCELLED', completed: 10, cancelled: 90, failed: 0 });
    expect(await activated()).toBe(290);
    expect((await items(jobId, 'CANCELLED'))[0]).toMatchObject({ ordinal: 11, error: { code: 'OPERATION_CANCELLED' } });
    expect(endsOf(commandIdOf(stop))).toEqual([['COMPLETED', undefined]]);
    expect(endsOf(commandIdOf(record))).toEqual([
      ['ACCEPTED', undefined],
      ['FAILED', 'OPERATION_CANCELLED'],
    ]);
  });

  it('also of a job whose own command is still to come', async () => {
    const [before, beside] = [
      await stageByGateway(system.database, 'ResetActivationTime', resetItems(1, 5)),
      await stageByGateway(system.database, 'ResetActivationTime', resetItems(1, 5)),
    ];
    await system.handle([cancel(before.jobId)]);
    await system.work();
    await system.handle([before.record, cancel(beside.jobId), beside.record]);
    await system.work();
    for (const { jobId } of [before, beside]) {
      expect(await readJob(system.database, 'ACME', jobId)).toMatchObject({ status: 'CANCELLED', cancelled: 5 });
      expect(endsOf(jobId).at(-1)).toEqual(['FAILED', 'OPERATION_CANCELLED']);
    }
    expect(await activated()).toBe(300);
  });

  it('is refused for a job that has ended, that does not exist, or that is another’s', async () => {
    await system.handle([submit({ action: 'ResetActivationTime', items: resetItems(1, 1) })]);
    const { jobId } = await newestJob();
    const foreign = cancel(jobId, { tenant: 'GLOBEX', actor: 'globex-crm' });
    await system.handle([foreign]);
    await system.work();
    const [late, none] = [cancel(jobId), cancel(newId())];
    await system.handle([late, none]);
    await system.deliver();
    expect([foreign, late, none].map((record) => endsOf(commandIdOf(record))[0]?.[1])).toEqual([
      'BULK_JOB_NOT_FOUND',
      'BULK_JOB_ENDED',
      'BULK_JOB_NOT_FOUND',
    ]);
  });
});

describe('retry', () => {
  const mixed = [...resetItems(299, 302), { key: 'invalid', data: { subscriber: 7 } }];

  it('runs the failed items again as a job of their own', async () => {
    await system.handle([submit({ action: 'ResetActivationTime', items: mixed })]);
    await system.work();
    const source = await newestJob();
    expect(source).toMatchObject({ completed: 2, failed: 3 });
    await system.handle([retryFailed(source.jobId)]);
    await system.work();
    const retried = await newestJob();
    expect(retried).toMatchObject({ retryOf: source.jobId, action: 'ResetActivationTime', total: 2, failed: 2 });
    expect((await items(retried.jobId)).map(({ key, ordinal }) => [key, ordinal])).toEqual([
      ['3', 1],
      ['4', 2],
    ]);
  });

  it('is refused while the job runs, and when nothing failed that could go well', async () => {
    await system.handle([submit({ action: 'ResetActivationTime', items: resetItems(1, 1) })]);
    const { jobId } = await newestJob();
    const early = retryFailed(jobId);
    await system.handle([early]);
    await system.work();
    const late = retryFailed(jobId);
    await system.handle([late]);
    await system.deliver();
    expect([early, late].map((record) => endsOf(commandIdOf(record)))).toEqual([
      [['REJECTED', 'BULK_JOB_NOT_ENDED']],
      [['REJECTED', 'BULK_NO_FAILED_ITEMS']],
    ]);
  });
});

describe('deadlines', () => {
  it('a job that times out sends nothing more, and keeps its end', async () => {
    const record = submit({ action: 'ResetActivationTime', items: resetItems(1, 100) });
    await system.handle([record]);
    await system.pass({ window: 10 });
    const { jobId } = await newestJob();
    await system.database.execute(
      `update operations.operation set deadline = now() - interval '1 s' where operation_id = $1`,
      [jobId],
    );
    expect(await system.database.transaction((tx) => endTimedOut(tx))).toEqual([jobId]);
    await system.work({ window: 10 });
    expect(await newestJob()).toMatchObject({ state: 'ENDED', status: 'TIMED_OUT', completed: 10, cancelled: 90 });
    expect(endsOf(commandIdOf(record))).toEqual([
      ['ACCEPTED', undefined],
      ['FAILED', 'OPERATION_TIMED_OUT'],
    ]);
  });

  it('an item that times out fails, and its late command changes nothing', async () => {
    await system.handle([submit({ action: 'ResetActivationTime', items: resetItems(1, 1) })]);
    await system.pass({ itemDeadlineMs: -1000 });
    expect(await system.database.transaction((tx) => endTimedOut(tx))).toHaveLength(1);
    await system.work();
    const { jobId } = await newestJob();
    expect(await items(jobId)).toMatchObject([{ status: 'FAILED', error: { code: 'OPERATION_TIMED_OUT' } }]);
    expect(await activated()).toBe(300);
  });
});

describe('a job that was stored before', () => {
  it('waits for its command, and is done when that was refused', async () => {
    const { jobId, record } = await stageByGateway(system.database, 'ResetActivationTime', resetItems(1, 20), 7);
    expect((await system.pass()).sent).toBe(0);
    expect(await readJob(system.database, 'ACME', jobId)).toMatchObject({
      state: 'STAGED',
      status: 'ACCEPTED',
      total: 20,
    });
    expect(await readJob(system.database, 'GLOBEX', jobId)).toBeUndefined();
    await system.handle([record, record]);
    await system.work();
    expect(await readJob(system.database, 'ACME', jobId)).toMatchObject({ status: 'COMPLETED', completed: 20 });
    const refused = await stageByGateway(system.database, 'ResetActivationTime', resetItems(1, 20));
    await system.database.execute(`update operations.operation set status = 'FAILED' where operation_id = $1`, [
      refused.jobId,
    ]);
    await system.database.execute(`update bulk.job set touched_at = now() - interval '1 minute'`);
    await system.pass();
    expect(await readJob(system.database, 'ACME', refused.jobId)).toMatchObject({ state: 'ENDED', cancelled: 20 });
  });

  it('of 20,000 items is read and sent by the window, never whole', async () => {
    const { jobId, record } = await stageByGateway(
      system.database,
      'ResetActivationTime',
      Array.from({ length: 20_000 }, (_, n) => ({ data: { subscriber: { externalId: `NOBODY-${n}` } } })),
    );
    await system.handle([record]);
    let [inFlight, sent] = [0, 0];
    for (let pass = await system.pass(); pass.running > 0; pass = await system.pass()) {
      inFlight = Math.max(inFlight, pass.inFlight);
      sent = Math.max(sent, pass.sent);
      await system.deliver();
    }
    expect([inFlight, sent]).toEqual([2000, 2000]);
    expect(await readJob(system.database, 'ACME', jobId)).toMatchObject({
      failed: 20_000,
      status: 'COMPLETED_WITH_ERRORS',
    });
    expect(await system.database.query('select from bulk.in_flight')).toHaveLength(0);
  });
});

describe('several jobs', () => {
  it('share the window, and a small one ends soon', async () => {
    const big = await stageByGateway(system.database, 'ResetActivationTime', resetItems(1, 1000));
    await system.handle([big.record]);
    await system.pass({ window: 100 });
    const small = submit({
      action: 'AttachOffer',
      items: resetItems(1, 40).map(({ data }) => ({ data: { ...data, offerId: 'NONE' } })),
    });
    await system.handle([small]);
    const inFlight = async () =>
      (await system.database.query<{ n: number }>('select in_flight as n from bulk.job order by job_id')).map(
        ({ n }) => n,
      );
    expect(await inFlight()).toEqual([100, 0]);
    await system.deliver();
    await system.pass({ window: 100 });
    expect(await inFlight()).toEqual([60, 40]);
    await system.deliver();
    await system.pass({ window: 100 });
    expect(await newestJob()).toMatchObject({ state: 'ENDED', failed: 40 });
    expect(await readJob(system.database, null, big.jobId)).toMatchObject({ state: 'RUNNING', inFlight: 100 });
  });
});

describe('several instances', () => {
  it('one works, and the others stand by until it is gone', async () => {
    await system.handle([submit({ action: 'ResetActivationTime', items: resetItems(1, 10) })]);
    const held = Promise.withResolvers<undefined>();
    const took = Promise.withResolvers<undefined>();
    const first = system.database.transaction(async (tx) => {
      await tx.query('select pg_advisory_xact_lock(7351100641)');
      took.resolve(undefined);
      await held.promise;
    });
    await took.promise;
    expect(await system.pass()).toMatchObject({ leads: false, sent: 0 });
    held.resolve(undefined);
    await first;
    const passes = await Promise.all([system.pass(), system.pass(), system.pass()]);
    expect(passes.reduce((total, { sent }) => total + sent, 0)).toBe(10);
    await eventually(() => system.work());
    expect(await newestJob()).toMatchObject({ completed: 10, status: 'COMPLETED' });
  });
});

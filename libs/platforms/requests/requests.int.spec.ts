import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { endOperations } from '#libs/operations';
import type { Database } from '#libs/postgres';
import {
  claimRequests,
  countRequests,
  deleteOldRequests,
  readPlatformAnswers,
  recordCallbacks,
  recordSteps,
  settleRequests,
  toPlatformSim,
  type ClaimedRequest,
  type NewRequest,
  type NextState,
  type PlatformConfig,
  type Step,
} from '../index.js';
import {
  answer,
  callback,
  connect,
  letTimePass,
  newRequest,
  newRequests,
  outboxOf,
  requestDatabase,
  rowOf,
  simOf,
  type RequestDatabase,
} from './testing/requests.js';

const sim = toPlatformSim(simOf());
const open = { settled: false, ended: false, due: true };
const responded = 'simyard.RecordPlatformResponse.v1';
const observed = 'simyard.RecordSimState.v1';

describe('stored platform requests', () => {
  let base: RequestDatabase;
  let database: Database;
  let jasper: PlatformConfig;

  beforeAll(async () => {
    base = await requestDatabase();
    database = base.database;
  });
  beforeEach(async () => {
    jasper = await base.reset();
  });
  afterAll(() => base.close());

  describe('storing', () => {
    it('takes a request once, however often its message comes', async () => {
      const [first, second] = await newRequests(database, 2);
      const once = await base.store(first!);
      expect(once).toEqual({ platforms: ['JASPER'], stored: 1, refused: 0, repeated: 0 });
      expect(await base.store(first!, second!, second!)).toEqual({
        platforms: ['JASPER'],
        stored: 1,
        refused: 0,
        repeated: 2,
      });
      expect(await outboxOf(database)).toEqual([]);
    });

    it('refuses at once what a full queue has no room for, and says so to the monitor', async () => {
      await connect(database, 'JASPER', { queueLimit: 3 });
      const requests = await newRequests(database, 5);
      await base.store(requests[0]!);
      expect(await base.store(...requests.slice(1))).toMatchObject({ stored: 2, refused: 2 });
      const sent = await outboxOf(database);
      expect(sent).toHaveLength(2);
      for (const { headers } of sent) {
        const refused = await rowOf(database, headers['ce_id']!);
        expect(refused).toMatchObject({ state: 'FAILED', settled: true, ended: true, due: false });
      }
      expect(sent[0]?.data).toMatchObject({
        state: 'FAILED',
        statusCode: 503,
        message: "The platform's queue is full.",
      });
    });

    it.each([
      ['STC', 'The platform is not connected.'],
      ['NOBODY', 'The platform is not configured.'],
    ])('refuses what is for %s', async (platform, message) => {
      const request = await newRequest(database, { platform });
      expect(await base.store(request)).toMatchObject({ stored: 0, refused: 1, platforms: [] });
      expect(await readPlatformAnswers(database, [request.operationId])).toEqual(
        new Map([
          [
            request.operationId,
            expect.objectContaining({ platform, state: 'FAILED', statusCode: 503, message, body: null, headers: null }),
          ],
        ]),
      );
    });
  });

  describe('steps', () => {
    it('keep what the platform said, and when somebody must look again', async () => {
      const request = await base.storeOne();
      await take(await one(), { state: 'QUEUED', dueInMs: 60_000, uncertain: false }, answer(429, 'Slower.'));
      expect(await rowOf(database, request.operationId)).toMatchObject({
        ...{
          ...open,
          state: 'QUEUED',
          uncertain: false,
          attempts: 1,
          statusCode: 429,
          message: 'Slower.',
          clockRuns: true,
        },
      });
      expect(await claim()).toEqual([]);
      await letTimePass(database);
      expect(await one()).toMatchObject({ attempts: 2, lastAnswer: { statusCode: 429, message: 'Slower.' } });
    });

    it('count no attempt that was throttled, nor start the time to give up', async () => {
      const request = await base.storeOne();
      const [claimed] = await claim();
      const next = { state: 'QUEUED', dueInMs: 0, uncertain: false } as const;
      const step: Step = { operationId: request.operationId, answer: null, next, throttled: true };
      await record(claimed!, step);
      expect(await rowOf(database, request.operationId)).toMatchObject({
        attempts: 0,
        clockRuns: false,
        uncertain: false,
      });
    });

    it('tell the monitor of an end, by the lane and under the id of the operation', async () => {
      const request = await base.storeOne({ lane: 'stream', requestId: 'R-1', transactionId: 'T-1' });
      await take(await one(), { state: 'DONE', sim }, answer(200));
      expect(await rowOf(database, request.operationId)).toMatchObject({
        state: 'DONE',
        settled: false,
        due: true,
        ended: true,
      });
      const [sent] = await outboxOf(database);
      expect(sent).toMatchObject({
        type: responded,
        topic: 'simyard.monitor.commands.v1',
        key: request.subscriberId,
        headers: {
          ce_id: request.operationId,
          ce_source: '/simyard/platform-connector',
          ce_tenant: 'ACME',
          ce_actor: 'acme-crm',
          ce_correlationid: request.correlationId,
        },
      });
      const { platform, iccid, subscriberId, change } = request;
      expect(sent?.data).toEqual({
        ...{ requestId: 'R-1', transactionId: 'T-1', platform, iccid, subscriberId, change },
        ...{ state: 'DONE', statusCode: 200, message: '', sim },
      });
    });

    it('leave what a callback has ended before the 202 was read', async () => {
      const request = await base.storeOne();
      const claimed = await one();
      await callBack(callback(request, 'DONE'));
      await take(claimed, { state: 'SENT', platformRequestId: 'late', dueInMs: 1000 }, answer(202));
      await take(claimed, { state: 'FAILED', statusCode: 504, message: '', uncertain: true }, answer(504));
      expect(await rowOf(database, request.operationId)).toMatchObject({
        ...{ state: 'DONE', statusCode: 200, platformRequestId: `platform-${request.operationId}` },
      });
      expect(await outboxOf(database)).toHaveLength(1);
    });

    it('of a claim that is over change nothing, but for the end DONE', async () => {
      const request = await base.storeOne();
      const frozen = await one();
      await letTimePass(database);
      const current = await one();
      await take(frozen, { state: 'QUEUED', dueInMs: 0, uncertain: false }, answer(503));
      await take(frozen, { state: 'FAILED', statusCode: 503, message: '', uncertain: false }, answer(503));
      expect(await claim()).toEqual([]);
      await take(frozen, { state: 'DONE', sim }, answer(200));
      await take(current, { state: 'FAILED', statusCode: 504, message: '', uncertain: true }, answer(504));
      expect(await rowOf(database, request.operationId)).toMatchObject({ state: 'DONE' });
      expect((await outboxOf(database)).map(({ data }) => data['state'])).toEqual(['DONE']);
    });

    it('keep of any answer what can be stored', async () => {
      const request = await base.storeOne();
      const strange = {
        statusCode: 500,
        message: 'a\u0000b\ud800',
        body: 'ü'.repeat(5000),
        headers: { x: 'y\u001e' },
      };
      await take(
        await one(),
        { state: 'FAILED', statusCode: 500, message: strange.message, uncertain: false },
        strange,
      );
      const kept = (await readPlatformAnswers(database, [request.operationId])).get(request.operationId);
      expect(kept).toMatchObject({
        message: 'a\ufffdb\ufffd',
        headers: { x: 'y\u001e' },
        body: 'ü'.repeat(4096),
      });
      expect((await outboxOf(database))[0]?.data['message']).toBe('a\ufffdb\ufffd');
    });
  });

  describe('callbacks', () => {
    it('end a request once, whether they come twice or in the wrong order', async () => {
      const request = await sent();
      const progress = callback(request, 'IN_PROGRESS');
      const done = callback(request, 'DONE');
      expect(await callBack(progress, done, done, progress)).toEqual([true, true, true, true]);
      expect(await callBack(done, progress)).toEqual([true, true]);
      expect(await rowOf(database, request.operationId)).toMatchObject({ state: 'DONE', statusCode: 200, ended: true });
      expect(await outboxOf(database)).toHaveLength(1);
    });

    it('are known by the platform’s own id where they do not say ours', async () => {
      const request = await sent();
      const failed = callback(request, 'FAILED', { reference: null, requestId: 'P-1' });
      expect(await callBack(failed)).toEqual([true]);
      expect(await rowOf(database, request.operationId)).toMatchObject({
        state: 'FAILED',
        settled: true,
        statusCode: 409,
      });
      expect((await outboxOf(database))[0]?.data).toMatchObject({
        state: 'FAILED',
        statusCode: 409,
        message: 'No.',
        sim: null,
      });
    });

    it('change nothing when they are for another platform’s, another SIM’s or nobody’s request, or another change', async () => {
      const request = await sent();
      const nobody = { operationId: '01980000-0000-7000-8000-000000000000' };
      expect(
        await callBack(
          callback(nobody, 'DONE'),
          callback(request, 'DONE', { iccid: '89000000000000000002' }),
          callback(request, 'DONE', { change: 'account' }),
          callback(request, 'DONE', { reference: 'no uuid' }),
          callback(request, 'DONE', { reference: null, requestId: 'unknown' }),
        ),
      ).toEqual([false, false, false, false, false]);
      const other = { platform: 'TMUS', accepted: callback(request, 'DONE') };
      expect(await database.transaction((tx) => recordCallbacks(tx, [other]))).toEqual([false]);
      expect(await rowOf(database, request.operationId)).toMatchObject({ state: 'SENT' });
    });

    it('do not end a request by the failure of a sending that was superseded', async () => {
      const request = await sent();
      await callBack(callback(request, 'FAILED', { requestId: 'P-0' }));
      expect(await rowOf(database, request.operationId)).toMatchObject({ state: 'SENT' });
    });

    it('that come after the request was given up have the platform asked', async () => {
      const request = await base.storeOne();
      await take(await one(), { state: 'FAILED', statusCode: 504, message: '', uncertain: false }, answer(504));
      await endOperation(request);
      expect(await rowOf(database, request.operationId)).toMatchObject({ settled: true, due: false });
      await callBack(callback(request, 'DONE'));
      expect(await outboxOf(database)).toHaveLength(1);
      expect(await one()).toMatchObject({ state: 'FAILED', uncertain: true, operationOpen: false });
    });
  });

  describe('settling', () => {
    it('is done with an end that the monitor has recorded', async () => {
      const request = await base.storeOne();
      await take(await one(), { state: 'DONE', sim }, answer(200));
      await settleRequests(database, [request.operationId]);
      expect(await rowOf(database, request.operationId)).toMatchObject({ settled: true, due: false });
    });

    it('waits while the operation is open, as the monitor is about to record the end', async () => {
      await base.storeOne();
      await take(await one(), { state: 'DONE', sim }, answer(200));
      await letTimePass(database);
      expect(await claim()).toEqual([]);
    });

    it('of a failure that may have had effect waits until the platform was asked, and that recorded', async () => {
      const request = await base.storeOne();
      await take(await one(), { state: 'FAILED', statusCode: 504, message: '', uncertain: true }, answer(504));
      await settleRequests(database, [request.operationId]);
      expect(await rowOf(database, request.operationId)).toMatchObject({ settled: false, due: true });
      await endOperation(request);
      await letTimePass(database);
      await take(await one(), { settle: 'again', dueInMs: 60_000 }, answer(503));
      expect(await claim()).toEqual([]);
      await letTimePass(database);
      const claimed = await one();
      await take(claimed, { settle: 'observed', sim }, answer(200));
      const [, state] = await outboxOf(database);
      const { operationId, platform, iccid, subscriberId } = request;
      expect(state).toMatchObject({ type: observed, headers: { ce_source: '/simyard/reconciliation' } });
      expect(state?.data).toEqual({ operationId, platform, iccid, subscriberId, sim });
      expect(new Date(state!.headers['ce_time']!)).toEqual(claimed.claimedAt);
      expect(await rowOf(database, operationId)).toMatchObject({ settled: false, due: true, statusCode: 504 });
      await settleRequests(database, [operationId]);
      expect(await rowOf(database, operationId)).toMatchObject({ settled: true, due: false });
    });

    it('tells again what holds when the monitor could not record it, each time under a new id', async () => {
      const request = await base.storeOne({ status: 'TIMED_OUT' });
      await take(await one(), { state: 'FAILED', statusCode: 504, message: '', uncertain: true }, answer(504));
      for (const _ of [1, 2]) {
        await letTimePass(database);
        await take(await one(), { settle: 'observed', sim }, answer(200));
      }
      const states = (await outboxOf(database)).filter(({ type }) => type === observed);
      expect(new Set(states.map(({ headers }) => headers['ce_id'])).size).toBe(2);
      expect(states.map(({ data }) => data['operationId'])).toEqual([request.operationId, request.operationId]);
    });
  });

  it('are counted by platform', async () => {
    await base.store(...(await newRequests(database, 3)));
    await take(await one(), { state: 'DONE', sim }, answer(200));
    const counts = await countRequests(database);
    expect(counts.find(({ platform }) => platform === 'JASPER')).toEqual({ platform: 'JASPER', open: 2, unsettled: 1 });
    expect(counts.find(({ platform }) => platform === 'STC')).toEqual({ platform: 'STC', open: 0, unsettled: 0 });
  });

  it('are deleted once they are settled and old', async () => {
    const [old, unsettled] = await newRequests(database, 2);
    await base.store(old!, unsettled!);
    for (const claimed of await claim()) await take(claimed, { state: 'DONE', sim }, answer(200));
    await settleRequests(database, [old!.operationId]);
    expect(await deleteOldRequests(database, 30, 10)).toBe(0);
    await database.execute(`update platforms.request set ended_at = now() - interval '31 days'`);
    expect(await deleteOldRequests(database, 30, 10)).toBe(1);
    expect(await rowOf(database, unsettled!.operationId)).toMatchObject({ state: 'DONE' });
  });

  const claim = (limit = 10): Promise<ClaimedRequest[]> => claimRequests(database, jasper, limit);
  const record = (claimed: ClaimedRequest, step: Step) =>
    database.transaction((tx) => recordSteps(tx, [{ claim: claimed, step }]));
  const take = (claimed: ClaimedRequest, next: NextState, said: Step['answer']) =>
    record(claimed, { operationId: claimed.operationId, answer: said, next });
  const callBack = (...results: ReturnType<typeof callback>[]) => {
    const callbacks = results.map((accepted) => ({ platform: 'JASPER', accepted }));
    return database.transaction((tx) => recordCallbacks(tx, callbacks));
  };

  async function one(): Promise<ClaimedRequest> {
    const [claimed] = await claim(1);
    if (!claimed) throw new Error('Nothing is due');
    return claimed;
  }

  /** A request that the platform has accepted as P-1. */
  async function sent(): Promise<NewRequest> {
    const request = await base.storeOne();
    await take(await one(), { state: 'SENT', platformRequestId: 'P-1', dueInMs: 60_000 }, answer(202));
    return request;
  }

  const endOperation = ({ operationId }: NewRequest) =>
    endOperations(database, [
      { operationId, status: 'FAILED', businessTransactionId: null, response: null, error: null, endedAt: new Date() },
    ]);
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import { startReceiver, type CallbackReceiver } from '../testing/callback-receiver.js';
import { startSimulator, type Reply, type SimulatorUnderTest } from '../testing/simulator-under-test.js';
import type { LedgerEntry } from '../world/ledger.js';
import type { Fault } from './fault.js';

const iccid = '89000000000000000001';
const other = '89000000000000000002';
const active = { status: 'ACTIVE' };

let simulator: SimulatorUnderTest;
let receiver: CallbackReceiver;

beforeAll(async () => {
  simulator = await startSimulator();
  receiver = await startReceiver();
});
afterAll(async () => {
  await simulator.stop();
  await receiver.close();
});
beforeEach(async () => {
  receiver.received.length = 0;
  await simulator.reset();
});

const activate = (platform: string, sim = iccid, options = {}): Promise<Reply> =>
  simulator.change(platform, sim, 'status', active, options);

const activateAndTell = (platform = 'TMSP', sim = iccid): Promise<Reply> =>
  simulator.change(platform, sim, 'status', { ...active, callbackUrl: receiver.url });

const statusOf = async (platform: string, sim = iccid): Promise<string> => {
  const { body } = await simulator.admin('GET', `/sims/${platform}/${sim}`);
  return String(body.status);
};

async function entryOf(key: string): Promise<LedgerEntry | undefined> {
  const { body } = await simulator.admin('GET', `/requests?idempotencyKey=${key}`);
  const [entry] = body.requests as LedgerEntry[];
  return entry;
}

/** What the client sees of a request that gets no answer: its own time-out, or the end of the connection. */
async function failureOf(request: Promise<Reply>): Promise<string> {
  try {
    const { status } = await request;
    return String(status);
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code: string } };
    return cause?.code ?? name;
  }
}

/** Only what never comes is given up soon. */
const patience = (kind: Fault['kind']): { timeoutMs?: number } => (kind === 'TIME_OUT' ? { timeoutMs: 500 } : {});

describe('a fault of the call', () => {
  const cases: [Fault['kind'], Partial<Fault>, string][] = [
    ['RESET', {}, 'ECONNRESET'],
    ['TIME_OUT', {}, 'TimeoutError'],
    ['SERVER_ERROR', {}, '503'],
    ['SERVER_ERROR', { status: 500 }, '500'],
    ['MALFORMED_BODY', {}, '200'],
  ];

  it.each(cases)('%s %j changes nothing, and a repeat does', async (kind, settings, seen) => {
    await simulator.fault(kind, 'TMUS', { ...settings, count: 1 });
    expect(await failureOf(activate('TMUS', iccid, { key: 'k', ...patience(kind) }))).toBe(seen);
    expect(await statusOf('TMUS')).toBe('INACTIVE');
    expect(await activate('TMUS', iccid, { key: 'k' })).toMatchObject({ status: 200, body: { status: 'ACTIVE' } });
    expect(await entryOf('k')).toMatchObject({ received: 2, effects: 1 });
  });

  it.each(cases)('%s %j after the effect: a repeat gets the answer that was lost', async (kind, settings, seen) => {
    await simulator.fault(kind, 'TMUS', { ...settings, afterEffect: true, count: 1 });
    expect(await failureOf(activate('TMUS', iccid, { key: 'k', ...patience(kind) }))).toBe(seen);
    await eventually(async () => expect(await statusOf('TMUS')).toBe('ACTIVE'));
    const repeat = await activate('TMUS', iccid, { key: 'k' });
    expect(repeat).toMatchObject({ status: 200, body: { status: 'ACTIVE', version: 1 } });
    expect(repeat.headers.get('idempotency-replayed')).toBe('true');
    expect(await entryOf('k')).toMatchObject({ received: 2, effects: 1 });
  });

  it('befalls acceptances too, whose request goes on', async () => {
    await simulator.fault('RESET', 'INTELSAT', { afterEffect: true, count: 1 });
    expect(await failureOf(activate('INTELSAT', iccid, { key: 'k' }))).toBe('ECONNRESET');
    await eventually(async () => expect(await statusOf('INTELSAT')).toBe('ACTIVE'));
    const repeat = await activate('INTELSAT', iccid, { key: 'k' });
    expect(repeat).toMatchObject({ status: 202, body: { requestId: (await entryOf('k'))?.requestIds[0] } });
  });

  it('sends what is no JSON as if it were', async () => {
    await simulator.fault('MALFORMED_BODY', 'INTELSAT', { afterEffect: true });
    const { status, headers, body } = await activate('INTELSAT');
    expect(status).toBe(202);
    expect(headers.get('content-type')).toContain('application/json');
    expect(typeof body).toBe('string');
  });

  it('says when to come again', async () => {
    await simulator.fault('RATE_LIMIT', 'TMUS', { count: 1 });
    await simulator.fault('RATE_LIMIT', 'TMUS', { count: 1, retryAfterSeconds: 7 });
    await simulator.fault('SERVER_ERROR', 'TMUS', { count: 1, retryAfterSeconds: 9 });
    const replies = [await activate('TMUS'), await activate('TMUS'), await activate('TMUS')];
    expect(replies.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual([
      [429, '1'],
      [429, '7'],
      [503, '9'],
    ]);
  });

  it.each([false, true])('delays the answer, after the effect: %s', async (afterEffect) => {
    await simulator.fault('DELAY', 'TMUS', { delayMs: 60_000, afterEffect, iccid });
    const slow = failureOf(activate('TMUS', iccid, { key: 'k', timeoutMs: 500 }));
    expect((await activate('TMUS', other)).status).toBe(200);
    expect(await slow).toBe('TimeoutError');
    await eventually(async () =>
      expect(await entryOf('k')).toMatchObject({ received: 1, effects: afterEffect ? 1 : 0 }),
    );
  });

  it('befalls one SIM, or one kind of request, or one platform', async () => {
    await simulator.fault('SERVER_ERROR', 'TMUS', { iccid });
    await simulator.fault('SERVER_ERROR', 'TMUS', { on: ['read'] });
    const replies = await Promise.all([
      activate('TMUS'),
      activate('TMUS', other),
      simulator.get('TMUS', `/sims/${other}`),
      activate('JASPER'),
    ]);
    expect(replies.map(({ status }) => status)).toEqual([503, 200, 503, 200]);
  });

  it('befalls polls', async () => {
    const { body } = await activate('GALAXY1');
    await simulator.fault('SERVER_ERROR', 'GALAXY1', { on: ['poll'], count: 1 });
    const poll = async () => (await simulator.get('GALAXY1', `/requests/${body.requestId}`)).status;
    expect([await poll(), await poll()]).toEqual([503, 200]);
  });

  it('befalls the same requests again when a run is repeated', async () => {
    const run = async (seed: number) => {
      await simulator.reset(seed);
      await simulator.fault('SERVER_ERROR', 'TMUS', { probability: 0.5 });
      const sims = Array.from({ length: 30 }, (_, index) => String(89000000000000000n * 1000n + BigInt(index)));
      const replies = await Promise.all(sims.map((sim) => activate('TMUS', sim)));
      return replies.map(({ status }) => status);
    };
    const first = await run(5);
    expect(new Set(first)).toEqual(new Set([200, 503]));
    expect(await run(5)).toEqual(first);
    expect(await run(6)).not.toEqual(first);
  });
});

describe('a fault of the change', () => {
  it('is refused at once by a synchronous platform', async () => {
    await simulator.fault('REFUSE', 'JASPER');
    expect(await activate('JASPER')).toMatchObject({ status: 409, body: { code: 'CHANGE_REFUSED' } });
    expect(await statusOf('JASPER')).toBe('INACTIVE');
  });

  it('is refused by an asynchronous one in the end', async () => {
    await simulator.fault('REFUSE', 'TMSP');
    expect((await activateAndTell()).status).toBe(202);
    await eventually(() => expect(receiver.received).toHaveLength(1));
    expect(receiver.received[0]?.body).toMatchObject({
      state: 'FAILED',
      sequence: 2,
      sim: null,
      error: { code: 'CHANGE_REFUSED', message: 'The platform refuses the change.' },
    });
    expect(await statusOf('TMSP')).toBe('INACTIVE');
  });

  it('is never carried out, and stays pending', async () => {
    await simulator.fault('STUCK', 'TMSP', { iccid });
    const { body: stuck } = await activateAndTell();
    await activateAndTell('TMSP', other);
    await eventually(() => expect(receiver.statesOf(other)).toEqual(['DONE']));
    expect(receiver.statesOf(iccid)).toEqual([]);
    const { body: sim } = await simulator.get('TMSP', `/sims/${iccid}`);
    expect(sim).toMatchObject({ status: 'INACTIVE', pending: [{ requestId: stuck.requestId, value: 'ACTIVE' }] });
  });
});

describe('a callback', () => {
  it('never comes', async () => {
    await simulator.fault('CALLBACK_NEVER', 'TMSP', { iccid });
    const { body } = await activateAndTell();
    await eventually(async () => expect(await statusOf('TMSP')).toBe('ACTIVE'));
    await activateAndTell('TMSP', other);
    await eventually(() => expect(receiver.statesOf(other)).toEqual(['DONE']));
    expect(receiver.statesOf(iccid)).toEqual([]);
    expect((await simulator.get('TMSP', `/requests/${body.requestId}`)).body.state).toBe('DONE');
  });

  it('comes several times', async () => {
    await simulator.fault('CALLBACK_DUPLICATE', 'TMSP', { copies: 2 });
    await activateAndTell();
    await eventually(() => expect(receiver.statesOf(iccid)).toEqual(['DONE', 'DONE', 'DONE']));
    expect(new Set(receiver.received.map(({ raw }) => raw)).size).toBe(1);
    expect(await entryOf((await keys())[0] ?? '')).toMatchObject({ effects: 1 });
  });

  it('tells of the end before the progress', async () => {
    await simulator.fault('CALLBACK_OUT_OF_ORDER', 'TMSP');
    await activateAndTell();
    await eventually(() => expect(receiver.received).toHaveLength(2));
    expect(receiver.received.map(({ body: { state, sequence } }) => [state, sequence])).toEqual([
      ['DONE', 2],
      ['IN_PROGRESS', 1],
    ]);
  });

  it('comes before the answer that accepts the change', async () => {
    await simulator.fault('CALLBACK_EARLY', 'TMSP');
    const { status, body } = await activateAndTell();
    expect(status).toBe(202);
    expect(receiver.received.map(({ body: { requestId, state } }) => [requestId, state])).toEqual([
      [body.requestId, 'DONE'],
    ]);
  });

  it('comes late, while that of a later change is on time', async () => {
    await simulator.fault('CALLBACK_DELAY', 'TMSP', { delayMs: 3_600_000, count: 1 });
    await simulator.fault('CALLBACK_DELAY', 'TMSP', { delayMs: 20, iccid: other });
    await activateAndTell();
    const second = await activateAndTell();
    await activateAndTell('TMSP', other);
    await eventually(() => expect(receiver.received).toHaveLength(2));
    expect(receiver.statesOf(other)).toEqual(['DONE']);
    expect(receiver.received.map(({ body }) => body.requestId)).toContain(second.body.requestId);
  });
});

async function keys(): Promise<string[]> {
  const { body } = await simulator.admin('GET', '/requests');
  return (body.requests as LedgerEntry[]).map(({ idempotencyKey }) => idempotencyKey);
}

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import {
  platformProfiles,
  signCallback,
  type AcceptedRequest,
  type ChangeKind,
  type PlatformProfile,
} from '#libs/platforms';
import { eventually } from '#libs/testing';
import type { LedgerEntry } from '../world/ledger.js';
import { startReceiver, type CallbackReceiver } from '../testing/callback-receiver.js';
import { send, startSimulator, type Reply, type SimulatorUnderTest } from '../testing/simulator-under-test.js';

const iccid = '89000000000000000001';
const profiles: [string, PlatformProfile][] = Object.entries(platformProfiles);
const bodies: Record<ChangeKind, object> = {
  status: { status: 'ACTIVE' },
  account: { account: 'A-2' },
  'custom-properties': { customProperties: [{ name: 'MyFavoriteColour', value: 'Blue' }] },
};
const changed: Record<ChangeKind, object> = { ...bodies };

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
  receiver.answers = [];
  await simulator.reset();
});

/** Ends when the request has. */
const ended = (platform: string, requestId: string) =>
  eventually(async () => {
    const { body } = await simulator.get(platform, `/requests/${requestId}`);
    expect(body.state).not.toBe('IN_PROGRESS');
    return body as AcceptedRequest;
  });

const codesOf = (replies: Reply[]): string[] => replies.map(({ status, body }) => `${status} ${body.code}`);

const callback = () => ({ callbackUrl: receiver.url });

describe.each(profiles)('%s', (name, { changes, results }) => {
  const offered = Object.entries(changes) as [ChangeKind, 'sync' | 'async'][];

  it.each(offered)('changes %s: %s', async (kind, mode) => {
    const isTold = mode === 'async' && results === 'callback';
    const reply = await simulator.change(name, iccid, kind, {
      ...bodies[kind],
      reference: 'R-1',
      ...(isTold && callback()),
    });
    expect(reply.status).toBe(mode === 'sync' ? 200 : 202);
    if (mode === 'async') {
      const { requestId } = reply.body;
      expect(reply.body).toEqual({
        requestId,
        reference: 'R-1',
        iccid,
        change: kind,
        state: 'IN_PROGRESS',
        sequence: 1,
        sim: null,
        error: null,
      });
      expect(reply.headers.get('location')).toBe(`/${name}/v1/requests/${requestId}`);
      const end = await ended(name, String(requestId));
      expect(end).toMatchObject({ requestId, reference: 'R-1', state: 'DONE', sequence: 2, sim: changed[kind] });
    }
    const { body: sim } = await simulator.get(name, `/sims/${iccid}`);
    expect(sim).toMatchObject({ iccid, version: 1, pending: [], ...changed[kind] });
    if (mode === 'sync') expect(reply.body).toEqual(sim);
    if (isTold) await eventually(() => expect(receiver.statesOf(iccid)).toEqual(['DONE']));
  });

  it('refuses what it does not offer', async () => {
    const missing = (['status', 'account', 'custom-properties'] as const).filter((kind) => !(kind in changes));
    const replies = await Promise.all(missing.map((kind) => simulator.change(name, iccid, kind, bodies[kind])));
    expect(codesOf(replies)).toEqual(missing.map(() => '409 CHANGE_NOT_OFFERED'));
  });

  it('wants its own credential', async () => {
    const url = `${simulator.url}/${name}/v1/sims/${iccid}`;
    const wrong = [{}, { authorization: 'Bearer wrong' }, { 'x-api-key': 'wrong' }];
    const replies = await Promise.all(wrong.map((headers) => send(url, 'GET', headers)));
    expect(codesOf(replies)).toEqual(wrong.map(() => '401 UNAUTHENTICATED'));
  });
});

describe('a request', () => {
  const put = (platform: string, body: object, path = `sims/${iccid}/status`, headers: Record<string, string> = {}) =>
    send(
      `${simulator.url}/${platform}/v1/${path}`,
      'PUT',
      { authorization: `Bearer simulated-${platform}-credential`, 'idempotency-key': randomUUID(), ...headers },
      body,
    );

  it.each([
    ['no such status', 'TMUS', { status: 'Active' }, 400, 'REQUEST_INVALID'],
    ['an unknown property', 'TMUS', { status: 'ACTIVE', colour: 'blue' }, 400, 'REQUEST_INVALID'],
    ['an over-long reference', 'TMUS', { status: 'ACTIVE', reference: 'r'.repeat(256) }, 400, 'REQUEST_INVALID'],
    ['a callback that never comes', 'TMUS', { status: 'ACTIVE', callbackUrl: 'http://host/' }, 400, 'REQUEST_INVALID'],
    ['a callback to nowhere', 'TMSP', { status: 'ACTIVE' }, 400, 'REQUEST_INVALID'],
    ['a callback to no URL', 'TMSP', { status: 'ACTIVE', callbackUrl: 'ftp://host/' }, 400, 'REQUEST_INVALID'],
    ['an unknown platform', 'NONE', { status: 'ACTIVE' }, 404, 'NOT_FOUND'],
  ])('is refused for %s', async (_, platform, body, status, code) => {
    expect(await put(platform, body)).toMatchObject({ status, body: { code, message: expect.any(String) } });
  });

  it('is refused for its key, its path, and what is no JSON', async () => {
    const active = { status: 'ACTIVE' };
    const url = `${simulator.url}/TMUS/v1/sims/${iccid}/status`;
    const headers = { authorization: 'Bearer simulated-TMUS-credential', 'idempotency-key': 'k' };
    const replies = [
      await put('TMUS', active, undefined, { 'idempotency-key': '' }),
      await put('TMUS', active, 'sims/8900/status'),
      await put('TMUS', active, `sims/${iccid}/colour`),
      await put('TMUS', active, 'nothing'),
      await send(url, 'PUT', headers, '{"status"'),
      await send(url, 'PUT', { ...headers, 'content-type': 'application/xml' }, '<status/>'),
      await simulator.get('TMUS', '/sims/8900'),
      await simulator.get('TMSP', `/requests/${randomUUID()}`),
    ];
    expect(codesOf(replies)).toEqual([
      '400 REQUEST_INVALID',
      '400 REQUEST_INVALID',
      '404 NOT_FOUND',
      '404 NOT_FOUND',
      '400 REQUEST_INVALID',
      '415 UNSUPPORTED_MEDIA_TYPE',
      '400 REQUEST_INVALID',
      '404 REQUEST_NOT_FOUND',
    ]);
  });

  it('is refused for a SIM that a strict platform does not know', async () => {
    await simulator.admin('PATCH', '/platforms/TMUS', { unknownSims: 'refuse' });
    const replies = [
      await simulator.get('TMUS', `/sims/${iccid}`),
      await simulator.change('TMUS', iccid, 'status', bodies.status),
    ];
    expect(codesOf(replies)).toEqual(['404 SIM_NOT_FOUND', '404 SIM_NOT_FOUND']);
  });

  it('is refused for a SIM that is TERMINATED, at once or when its turn comes', async () => {
    await simulator.admin('PUT', '/sims', { sims: [{ platform: 'TMUS', iccid, status: 'TERMINATED' }] });
    const reply = await simulator.change('TMUS', iccid, 'status', bodies.status);
    expect(reply).toMatchObject({ status: 409, body: { code: 'SIM_TERMINATED' } });
    await simulator.admin('PATCH', '/platforms/INTELSAT', { completionMs: { min: 50, max: 50 } });
    await simulator.change('INTELSAT', iccid, 'status', { status: 'TERMINATED' });
    const late = await simulator.change('INTELSAT', iccid, 'status', bodies.status);
    expect(late.status).toBe(202);
    expect(await ended('INTELSAT', String(late.body.requestId))).toMatchObject({
      state: 'FAILED',
      sim: null,
      error: { code: 'SIM_TERMINATED' },
    });
  });
});

describe('a repeated request', () => {
  const requestsOf = async (key: string) => {
    const { body } = await simulator.admin('GET', `/requests?idempotencyKey=${key}`);
    return body.requests as LedgerEntry[];
  };

  it.each([
    ['TMUS', 200],
    ['INTELSAT', 202],
  ])('gets the first answer of %s, also when both come at once', async (platform, status) => {
    const send = () => simulator.change(platform, iccid, 'status', bodies.status, { key: 'one' });
    const replies = [...(await Promise.all([send(), send()])), await send()];
    expect(replies.map((reply) => reply.status)).toEqual([status, status, status]);
    expect(replies.map(({ headers }) => headers.get('idempotency-replayed')).sort()).toEqual([null, 'true', 'true']);
    for (const { body } of replies) expect(body).toEqual(replies[0]!.body);
    if (status === 202) await ended(platform, String(replies[0]!.body.requestId));
    expect(await requestsOf('one')).toMatchObject([{ received: 3, effects: 1, answers: { [status]: 3 } }]);
  });

  it('is refused when it asks for something else', async () => {
    await simulator.change('TMUS', iccid, 'status', bodies.status, { key: 'one' });
    const replies = [
      await simulator.change('TMUS', iccid, 'status', { status: 'SUSPENDED' }, { key: 'one' }),
      await simulator.change('TMUS', '89000000000000000002', 'status', bodies.status, { key: 'one' }),
    ];
    expect(codesOf(replies)).toEqual(['422 IDEMPOTENCY_KEY_REUSED', '422 IDEMPOTENCY_KEY_REUSED']);
  });

  it.each(['IOTA', 'STC'])('takes effect again on %s, which is not idempotent', async (platform) => {
    const body = { ...bodies.status, ...(platform === 'STC' && callback()) };
    for (let time = 0; time < 2; time += 1) await simulator.change(platform, iccid, 'status', body, { key: 'one' });
    await eventually(async () => {
      expect(await requestsOf('one')).toMatchObject([{ received: 2, effects: 2 }]);
    });
    const { body: counts } = await simulator.admin('GET', '/counts');
    expect(counts.platforms[platform]).toMatchObject({ effects: 2, repeatedEffects: 1 });
    expect((await simulator.get(platform, `/sims/${iccid}`)).body.version).toBe(2);
  });

  it('takes effect again once a platform is told not to be idempotent', async () => {
    await simulator.admin('PATCH', '/platforms/TMUS', { idempotent: false });
    for (let time = 0; time < 2; time += 1) {
      await simulator.change('TMUS', iccid, 'status', bodies.status, { key: 'one' });
    }
    expect((await simulator.admin('GET', '/requests?repeated=true')).body.requests).toMatchObject([{ effects: 2 }]);
  });
});

describe('an accepted request', () => {
  it('is shown with its SIM until it ends, and those of one SIM end in order', async () => {
    await simulator.fault('STUCK', 'GALAXY1', { count: 1 });
    const stuck = await simulator.change('GALAXY1', iccid, 'account', { account: 'A-2', reference: 'R-1' });
    const { body: sim } = await simulator.get('GALAXY1', `/sims/${iccid}`);
    expect(sim.pending).toEqual([
      { requestId: stuck.body.requestId, reference: 'R-1', change: 'account', value: 'A-2' },
    ]);
    await simulator.admin('PATCH', '/platforms/GALAXY1', { completionMs: { min: 0, max: 30 } });
    const statuses = ['ACTIVE', 'SUSPENDED', 'INACTIVE', 'ACTIVE', 'SUSPENDED'];
    const ids: string[] = [];
    for (const status of statuses) {
      const { body } = await simulator.change('GALAXY1', iccid, 'status', { status });
      ids.push(String(body.requestId));
    }
    const ends = await Promise.all(ids.map((id) => ended('GALAXY1', id)));
    expect(ends.map(({ sim }) => [sim?.status, sim?.version])).toEqual(
      statuses.map((status, index) => [status, index + 1]),
    );
  });

  it('is told by a signed callback, again until it is taken', async () => {
    receiver.answers = [500, 404];
    const { body } = await simulator.change('AIRLINQ', iccid, 'status', { ...bodies.status, ...callback() });
    await eventually(() => expect(receiver.received).toHaveLength(3));
    for (const { headers, raw, body: told } of receiver.received) {
      expect(told).toMatchObject({ requestId: body.requestId, state: 'DONE', sequence: 2, sim: { status: 'ACTIVE' } });
      const timestamp = String(headers['x-platform-timestamp']);
      expect(timestamp).toMatch(/^\d{10}$/);
      expect(headers['x-platform-signature']).toBe(signCallback('simulated-AIRLINQ-callback-secret', timestamp, raw));
    }
    await eventually(async () => {
      const { body: counts } = await simulator.admin('GET', '/counts');
      expect(counts.platforms.AIRLINQ).toMatchObject({ callbacksDelivered: 1, callbacksFailed: 0 });
    });
  });

  it('is given up to be told after the last attempt', async () => {
    await simulator.admin('PATCH', '/platforms/TURKCELL', { callbackAttempts: 2 });
    receiver.answers = [503, 503];
    await simulator.change('TURKCELL', iccid, 'status', { ...bodies.status, ...callback() });
    await eventually(async () => {
      const { body: counts } = await simulator.admin('GET', '/counts');
      expect(counts.platforms.TURKCELL).toMatchObject({ callbacksDelivered: 0, callbacksFailed: 1, effects: 1 });
    });
    expect(receiver.received).toHaveLength(2);
  });

  it('tells its progress where it is told to', async () => {
    await simulator.admin('PATCH', '/platforms/TMSP', { progressCallbacks: true });
    await simulator.change('TMSP', iccid, 'status', { ...bodies.status, ...callback() });
    await eventually(() => expect(receiver.statesOf(iccid)).toEqual(['IN_PROGRESS', 'DONE']));
  });
});

describe('the rate limit', () => {
  it('of 1NCE lets ten requests through at once and tells the others when to come again', async () => {
    const replies = await Promise.all(
      Array.from({ length: 14 }, (_, index) =>
        simulator.change('1NCE', `890000000000000000${index + 10}`, 'status', bodies.status),
      ),
    );
    const limited = replies.filter(({ status }) => status === 429);
    // All came within a second, unless the machine was very slow.
    expect(replies.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(10);
    expect(codesOf(limited)).toEqual(limited.map(() => '429 TOO_MANY_REQUESTS'));
    expect(limited.map(({ headers }) => headers.get('retry-after'))).toEqual(limited.map(() => '1'));
    const { body: counts } = await simulator.admin('GET', '/counts');
    expect(counts.platforms['1NCE']).toMatchObject({
      calls: 14,
      limited: limited.length,
      effects: 14 - limited.length,
    });
  });

  it('can be set and lifted', async () => {
    const limited = await simulator.admin('PATCH', '/platforms/TMUS', { rateLimit: { requests: 1, perMs: 3_600_000 } });
    expect(limited.body.rateLimit).toEqual({ requests: 1, perMs: 3_600_000 });
    const read = async () => (await simulator.get('TMUS', `/sims/${iccid}`)).status;
    expect([await read(), await read()]).toEqual([200, 429]);
    const lifted = await simulator.admin('PATCH', '/platforms/TMUS', { rateLimit: null });
    expect(lifted.body).not.toHaveProperty('rateLimit');
    expect(await read()).toBe(200);
  });
});

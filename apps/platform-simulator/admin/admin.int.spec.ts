import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import { startReceiver } from '../testing/callback-receiver.js';
import { send, startSimulator, type SimulatorUnderTest } from '../testing/simulator-under-test.js';

const iccid = '89000000000000000001';

let simulator: SimulatorUnderTest;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.stop());
beforeEach(() => simulator.reset());

describe('the simulator', () => {
  it('is alive, ready and measured', async () => {
    const paths = ['livez', 'readyz', 'metrics'];
    const replies = await Promise.all(paths.map((path) => send(`${simulator.url}/${path}`, 'GET', {})));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('takes one more platform, which then behaves as the others', async () => {
    const settings = { changes: { status: 'async' }, results: 'polling', credential: 'secret of ELEVENTH' };
    const added = await simulator.admin('PATCH', '/platforms/ELEVENTH', settings);
    expect(added).toMatchObject({ status: 200, body: { ...settings, idempotent: true, credentials: 'bearer' } });
    const headers = { authorization: 'Bearer secret of ELEVENTH', 'idempotency-key': 'k' };
    const url = `${simulator.url}/ELEVENTH/v1/sims/${iccid}`;
    expect((await send(`${url}/status`, 'PUT', headers, { status: 'ACTIVE' })).status).toBe(202);
    await eventually(async () => expect((await send(url, 'GET', headers)).body.status).toBe('ACTIVE'));
  });

  it('keeps settings that are not given', async () => {
    await simulator.admin('PATCH', '/platforms/1NCE', { idempotent: false });
    const { body } = await simulator.admin('GET', '/platforms/1NCE');
    expect(body).toMatchObject({ idempotent: false, rateLimit: { requests: 10, perMs: 1000 }, credentials: 'bearer' });
    expect((await simulator.admin('GET', '/platforms')).body.platforms['1NCE']).toEqual(body);
  });

  it.each([
    ['PATCH', '/platforms/tmus', {}, 'name'],
    ['PATCH', '/platforms/TMUS', { answerMs: { min: 5, max: 4 } }, 'answerMs.max'],
    ['PATCH', '/platforms/TMUS', { results: 'pigeon' }, 'results'],
    ['PATCH', '/platforms/TMUS', { colour: 'blue' }, 'colour'],
    ['POST', '/faults', { kind: 'RESET' }, 'platform'],
    ['POST', '/faults', { kind: 'RESET', platform: 'NONE' }, 'platform'],
    ['POST', '/faults', { kind: 'FIRE', platform: 'TMUS' }, 'kind'],
    ['POST', '/faults', { kind: 'RESET', platform: 'TMUS', probability: 2 }, 'probability'],
    ['POST', '/faults', { kind: 'RESET', platform: 'TMUS', status: 500 }, 'status'],
    ['POST', '/faults', { kind: 'DELAY', platform: 'TMUS' }, 'delayMs'],
    ['PUT', '/sims', { sims: [{ platform: 'TMUS', iccid, status: 'ON' }] }, 'sims.0.status'],
    ['GET', '/requests?limit=0', undefined, 'limit'],
    ['POST', '/reset', { seed: -1 }, 'seed'],
  ])('%s %s %j names %s as wrong', async (method, path, body, field) => {
    const reply = await simulator.admin(method, path, body);
    expect(reply).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
    expect(reply.body.details.problems[0].field).toBe(field);
  });

  it.each([
    ['GET', '/platforms/NONE', undefined],
    ['GET', `/sims/TMUS/${iccid}`, undefined],
    ['GET', '/nothing', undefined],
    ['DELETE', '/faults/1', undefined],
    ['PUT', '/sims', { sims: [{ platform: 'NONE', iccid, status: 'ACTIVE' }] }],
  ])('%s %s does not exist', async (method, path, body) => {
    expect(await simulator.admin(method, path, body)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  it('shows faults with how often they befell, and ends them', async () => {
    await simulator.fault('SERVER_ERROR', 'TMUS', { count: 5 });
    await simulator.fault('RESET', 'IOTA');
    await simulator.change('TMUS', iccid, 'status', { status: 'ACTIVE' });
    const first = {
      id: 1,
      platform: 'TMUS',
      kind: 'SERVER_ERROR',
      afterEffect: false,
      count: 5,
      probability: 1,
      hits: 1,
    };
    expect((await simulator.admin('GET', '/faults')).body.faults).toEqual([
      first,
      { id: 2, platform: 'IOTA', kind: 'RESET', afterEffect: false, probability: 1, hits: 0 },
    ]);
    expect((await simulator.admin('DELETE', '/faults/2')).status).toBe(204);
    expect((await simulator.admin('GET', '/faults')).body.faults).toEqual([first]);
    expect((await simulator.admin('DELETE', '/faults')).status).toBe(204);
    expect((await simulator.change('TMUS', iccid, 'status', { status: 'ACTIVE' })).status).toBe(200);
  });

  it('shows what it received, a page at a time', async () => {
    for (const key of ['one', 'two', 'one']) {
      await simulator.change('TMUS', iccid, 'status', { status: 'ACTIVE', reference: `R-${key}` }, { key });
    }
    const { body } = await simulator.admin('GET', '/requests?limit=1');
    expect(body.requests).toEqual([
      {
        number: 1,
        platform: 'TMUS',
        iccid,
        idempotencyKey: 'one',
        reference: 'R-one',
        change: { kind: 'status', value: 'ACTIVE' },
        received: 2,
        effects: 1,
        answers: { 200: 2 },
        requestIds: [],
      },
    ]);
    expect((await simulator.admin('GET', '/requests?after=1')).body.requests).toMatchObject([
      { idempotencyKey: 'two' },
    ]);
    expect((await simulator.admin('GET', '/requests?reference=R-two&platform=TMUS')).body.requests).toHaveLength(1);
    expect((await simulator.admin('GET', '/requests?repeated=true')).body.requests).toEqual([]);
  });

  it('takes SIMs as they are elsewhere', async () => {
    const sims = [
      { platform: 'TMUS', iccid, status: 'SUSPENDED', account: 'A-1' },
      { platform: 'STC', iccid, status: 'ACTIVE' },
    ];
    expect((await simulator.admin('PUT', '/sims', { sims })).status).toBe(204);
    expect((await simulator.admin('GET', `/sims/TMUS/${iccid}`)).body).toMatchObject({
      status: 'SUSPENDED',
      account: 'A-1',
    });
    expect((await simulator.get('STC', `/sims/${iccid}`)).body).toMatchObject({ status: 'ACTIVE', account: null });
  });

  it('forgets all at a reset, also requests under way and those that wait for ever', async () => {
    const receiver = await startReceiver();
    await simulator.fault('TIME_OUT', 'JASPER');
    await simulator.admin('PATCH', '/platforms/TMSP', { completionMs: { min: 3_600_000, max: 3_600_000 } });
    const held = simulator.change('JASPER', iccid, 'status', { status: 'ACTIVE' }).catch(String);
    await simulator.change('TMSP', iccid, 'status', { status: 'ACTIVE', callbackUrl: receiver.url });
    await eventually(async () => {
      expect((await simulator.admin('GET', '/counts')).body.platforms.JASPER.calls).toBe(1);
    });
    await simulator.reset(9);
    expect(await held).toBe('TypeError: fetch failed');
    const { body } = await simulator.admin('GET', '/counts');
    expect(body.seed).toBe(9);
    expect(body.platforms.JASPER).toMatchObject({ calls: 0, effects: 0 });
    expect((await simulator.admin('GET', '/faults')).body.faults).toEqual([]);
    expect((await simulator.admin('GET', '/requests')).body.requests).toEqual([]);
    expect((await simulator.get('TMSP', `/sims/${iccid}`)).body).toMatchObject({ status: 'INACTIVE', pending: [] });
    // The old request's callback would have come before this one's.
    await simulator.change('TMSP', iccid, 'status', { status: 'SUSPENDED', callbackUrl: receiver.url });
    await eventually(() => expect(receiver.received.map(({ body }) => body.sim?.status)).toEqual(['SUSPENDED']));
    await receiver.close();
  });
});

describe('a simulator that is told to end', () => {
  it('closes what it would never answer, answers what is under way, and ends', async () => {
    const ending = await startSimulator();
    await ending.fault('TIME_OUT', 'TMUS');
    await ending.fault('DELAY', 'JASPER', { delayMs: 3_600_000 });
    const held = ending.change('TMUS', iccid, 'status', { status: 'ACTIVE' }).catch(String);
    const slow = ending.change('JASPER', iccid, 'status', { status: 'ACTIVE' });
    await eventually(async () => {
      const { platforms } = (await ending.admin('GET', '/counts')).body;
      expect([platforms.TMUS.calls, platforms.JASPER.calls]).toEqual([1, 1]);
    });
    await ending.stop();
    expect(await held).toBe('TypeError: fetch failed');
    expect((await slow).status).toBe(200);
    await expect(ending.admin('GET', '/counts')).rejects.toThrow('fetch failed');
  });
});

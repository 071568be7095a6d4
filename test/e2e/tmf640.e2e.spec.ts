import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import { openPlatformScene, type PlatformScene } from './harness/platforms.js';
import { credentials, request, type Reply } from './harness/rest.js';

const base = '/tmf-api/ServiceActivationAndConfiguration/v4';

let scene: PlatformScene;
let url: string;

beforeAll(async () => {
  scene = await openPlatformScene({
    name: 'tmf640',
    platforms: ['JASPER'],
    subscribers: 1,
    settings: { pollMs: 100, attempts: 2 },
    simulated: { answerMs: { min: 0, max: 10 }, completionMs: { min: 0, max: 50 } },
    instances: { subscriber: 1, 'platform-connector': 1, monitor: 1 },
  });
  const gateway = await scene.start('gateway');
  url = await gateway.up;
}, 300_000);

afterAll(() => scene.stop());

const call = (method: string, path: string, body?: unknown): Promise<Reply> =>
  request(method, path.startsWith('http') ? path : `${url}${base}/${path}`, credentials(scene.stack.acme), body);

/** A new service with a SIM that has yet to be activated on its platform. */
async function newService(platform: string, iccid: string): Promise<string> {
  await scene.simulator.giveSims([{ platform, iccid, status: 'INACTIVE' }]);
  const reply = await call('POST', 'service', {
    state: 'reserved',
    name: `meter ${iccid}`,
    serviceSpecification: { id: 'meter-1', name: 'Meters' },
    serviceCharacteristic: [
      { name: 'ICCID', value: iccid },
      { name: 'PLATFORM', value: platform },
    ],
    relatedParty: [{ id: 'ACME-TT' }],
  });
  expect(reply).toMatchObject({
    status: 201,
    body: { state: 'reserved', serviceSpecification: { id: 'meter-1', name: 'Meters' }, '@type': 'Service' },
  });
  return reply.body.id as string;
}

/** The end of a write, at once or by its monitor. */
async function endOf(reply: Reply): Promise<string> {
  if (reply.status !== 202) return 'Completed';
  const location = new URL(reply.headers.get('location') ?? '', url).href;
  return eventually(
    async () => {
      const { body } = await call('GET', location);
      expect(body.state).not.toBe('InProgress');
      return body.state as string;
    },
    { timeoutMs: 60_000 },
  );
}

const stateOf = async (id: string): Promise<unknown> => (await call('GET', `service/${id}?fields=state`)).body.state;

describe('a service', () => {
  it.each([
    ['JASPER', '8901999999999999901'],
    ['TMSP', '8901999999999999902'],
    ['GALAXY1', '8901999999999999903'],
  ])(
    'is made, activated, suspended and terminated on %s',
    async (platform, iccid) => {
      const id = await newService(platform, iccid);
      const there = async () => (await scene.simulator.sim(platform, iccid)).status;
      expect([await stateOf(id), await there()]).toEqual(['reserved', 'INACTIVE']);
      for (const [state, status] of [
        ['active', 'ACTIVE'],
        ['inactive', 'SUSPENDED'],
      ]) {
        expect(await endOf(await call('PATCH', `service/${id}`, { state }))).toBe('Completed');
        expect([await stateOf(id), await there()]).toEqual([state, status]);
      }
      expect(await endOf(await call('DELETE', `service/${id}`))).toBe('Completed');
      expect([await stateOf(id), await there()]).toEqual(['terminated', 'TERMINATED']);
      expect((await call('PATCH', `service/${id}`, { state: 'active' })).status).toBe(409);
    },
    120_000,
  );

  it('stays as it is when its platform refuses, and the monitor says why', async () => {
    const id = await newService('JASPER', '8901999999999999904');
    await scene.simulator.addFault({ platform: 'JASPER', kind: 'REFUSE', iccid: '8901999999999999904' });
    const reply = await call('PATCH', `service/${id}`, { state: 'active' });
    expect(reply).toMatchObject({ status: 502, body: { code: 'PLATFORM_FAILED' } });
    const monitor = /<([^>]+)>/.exec(reply.headers.get('link') ?? '')?.[1] ?? '';
    expect((await call('GET', new URL(monitor, url).href)).body).toMatchObject({ state: 'InError' });
    expect(await stateOf(id)).toBe('reserved');
  }, 120_000);
});

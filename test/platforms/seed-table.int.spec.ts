import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreatedClient } from '#libs/access';
import { eventually } from '#libs/testing';
import { bodyOf, callCmo, errorOf, type CmoReply } from '../../apps/gateway/cmo/testing/cmo-client.js';
import { productId } from '../../apps/gateway/cmo/testing/fleet.js';
import { startCmoWorld, type CmoWorld } from './testing/cmo-world.js';

/** The table of seed 001. Who transfers is ours. */
const table = [
  { platform: 'TMSP', mode: 'async', transfers: true },
  { platform: 'TMUS', mode: 'sync', transfers: false },
  { platform: 'INTELSAT', mode: 'async', transfers: false },
  { platform: 'IOTA', mode: 'sync', transfers: false },
  { platform: 'JASPER', mode: 'sync', transfers: true },
  { platform: 'AIRLINQ', mode: 'async', transfers: false },
  { platform: '1NCE', mode: 'sync', transfers: false },
  { platform: 'STC', mode: 'async', transfers: false },
  { platform: 'TURKCELL', mode: 'async', transfers: true },
  { platform: 'GALAXY1', mode: 'async', transfers: true },
] as const;

let world: CmoWorld;
let client: CreatedClient;

beforeAll(async () => {
  world = await startCmoWorld({ pollMs: 100, callbackGraceMs: 2000, giveUpMs: 3000, attempts: 2 });
  await world.addCards(table.flatMap(({ platform }) => [1, 2, 3, 4].map((n) => ({ platform, n }))));
  client = await world.gateway.newClient('ACME');
}, 120_000);

afterAll(() => world.stop());

const patience = { timeoutMs: 60_000, intervalMs: 50 };
const patch = (id: string, body: unknown): Promise<CmoReply> =>
  callCmo(world.gateway, client, `PATCH product/${id}`, body, { 'content-type': 'application/json-patch+json' });
const read = async (id: string): Promise<Record<string, unknown>> =>
  bodyOf(await callCmo(world.gateway, client, `GET product/${id}`)) as Record<string, unknown>;

/** The monitor that an answer tells of, once it has ended. */
function endedMonitor({ headers }: CmoReply): Promise<Record<string, unknown>> {
  const [, id = ''] = /\/monitor\/([^>]+)>; rel="related"/.exec(headers.get('link') ?? '') ?? [];
  return eventually(async () => {
    const monitor = bodyOf(await callCmo(world.gateway, client, `GET monitor/${id}`)) as Record<string, unknown>;
    expect(monitor['state']).not.toBe('IN_PROGRESS');
    return monitor;
  }, patience);
}

async function expectDone(reply: CmoReply, platform: string): Promise<void> {
  expect([reply.status, bodyOf(reply)]).toMatchObject([202, { '@type': 'monitor', errors: [] }]);
  expect(await endedMonitor(reply)).toMatchObject({
    state: 'DONE',
    errors: [],
    response: [{ platform, state: 'DONE' }],
  });
}

const locks = (): Promise<unknown[]> => world.gateway.database.query('select key from operations.lock');

const suspend = [{ op: 'replace', path: '/status', value: 'SUSPENDED' }];
const blue = [{ name: 'MyFavoriteColour', value: 'Blue' }];

describe.each(table)('$platform', ({ platform, mode, transfers }) => {
  it(`changes a status ${mode === 'sync' ? 'at once: 200 and the product' : 'later: 202 and a monitor'}`, async () => {
    const id = productId(platform, 1);
    const reply = await patch(id, suspend);
    if (mode === 'sync') {
      expect([reply.status, bodyOf(reply)]).toMatchObject([200, { id, status: 'SUSPENDED', '@type': 'IoTConnection' }]);
    } else {
      await expectDone(reply, platform);
    }
    expect(await read(id)).toMatchObject({ status: 'SUSPENDED' });
    expect(await world.simOf(platform, 1)).toMatchObject({ status: 'SUSPENDED' });
    expect(errorOf(await patch(id, suspend))).toEqual([409, 'SIM_STATUS_UNCHANGED']);
  });

  it('assigns custom properties at once: 200 and the product', async () => {
    const id = productId(platform, 2);
    const reply = await patch(id, [{ op: 'add', path: '/customProperty/-', value: blue[0] }]);
    expect([reply.status, bodyOf(reply)]).toMatchObject([200, { id, customProperty: blue }]);
    expect(await read(id)).toMatchObject({ customProperty: blue });
    expect(await world.simOf(platform, 2)).toMatchObject({ customProperties: blue });
  });

  it(transfers ? 'transfers later: 202 and a monitor' : 'does not transfer', async () => {
    const id = productId(platform, 3);
    const reply = await patch(id, [{ op: 'replace', path: '/relatedParty/0/id', value: 'ACME-B' }]);
    if (!transfers) {
      expect(errorOf(reply)).toEqual([400, 'PLATFORM_CHANGE_NOT_OFFERED']);
      return;
    }
    await expectDone(reply, platform);
    expect(await read(id)).toMatchObject({ relatedParty: [{ id: 'ACME-B' }] });
    expect(await world.simOf(platform, 3)).toMatchObject({ account: 'ACME-B' });
  });

  it(`tells of a platform that is not available ${mode === 'sync' ? 'with 502' : 'in the monitor'}`, async () => {
    const id = productId(platform, 4);
    await world.simulator.fault('SERVER_ERROR', platform, { status: 503 });
    const reply = await patch(id, suspend);
    if (mode === 'sync') expect(errorOf(reply)).toEqual([502, 'PLATFORM_FAILED']);
    else expect(reply.status).toBe(202);
    expect(await endedMonitor(reply)).toMatchObject({
      ...{ state: 'FAILED', errors: [{ code: 'PLATFORM_FAILED' }] },
      response: [{ platform, state: 'FAILED', statusCode: 503 }],
    });
    expect(await read(id)).toMatchObject({ status: 'ACTIVE' });
  });
});

describe('when all have ended', () => {
  it('no SIM is locked', async () => {
    await eventually(async () => expect(await locks()).toEqual([]), patience);
  });
});

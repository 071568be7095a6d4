import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { CreatedClient } from '#libs/access';
import { iccidOf, saveCards } from '../cmo/testing/fleet.js';
import { startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.js';
import { callTmf640, changeByHand, createByHand, tmf640Url } from './testing/tmf640-client.js';

let gateway: GatewayUnderTest;
let client: CreatedClient;

beforeAll(async () => {
  gateway = await startGateway({ responseTimeoutMs: 100 });
  client = await gateway.newClient('ACME');
  await saveCards(gateway.database, [{ platform: 'JASPER', n: 1, status: 'ACTIVE' }]);
}, 60_000);

afterAll(() => gateway.stop());

const newService = { state: 'reserved', serviceSpecification: { id: 'iot' }, relatedParty: [{ id: 'ACME-A' }] };

describe('a write of a service that does not end in time', () => {
  it('is answered 202 with its monitor, and its repeat once it has ended as the write itself', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const post = () => callTmf640(gateway, client, 'POST service', newService, headers);
    const first = await post();
    expect(first).toMatchObject({ status: 202, body: { state: 'InProgress', '@type': 'Monitor' } });
    expect(first.headers.get('location')).toBe(first.body.href);
    expect((await post()).body).toEqual(first.body);
    const id = await createByHand(gateway, headers['idempotency-key']);
    expect(await post()).toMatchObject({ status: 201, body: { ...newService, id } });
    const monitor = await callTmf640(gateway, client, `GET monitor/${String(first.body.id)}`);
    const sourceHref = `${tmf640Url(gateway)}/service/${id}`;
    expect(monitor.body).toMatchObject({ state: 'Completed', sourceHref, response: { statusCode: '201' } });
  });

  it.each([
    ['PATCH', { state: 'inactive' }, 200],
    ['DELETE', undefined, 204],
  ] as const)('is found among the monitors, by its state: %s', async (method, body, status) => {
    const [row] = await gateway.database.query<{ id: string }>(
      'select subscriber_id as id from inventory.sim where iccid = $1',
      [iccidOf('JASPER', 1)],
    );
    const id = row?.id ?? '';
    const headers = { 'idempotency-key': randomUUID() };
    const write = () => callTmf640(gateway, client, `${method} service/${id}`, body, headers);
    const open = await write();
    expect(open.status).toBe(202);
    const list = (state: string) => callTmf640(gateway, client, `GET monitor?state=${state}&limit=1`);
    expect((await list('InProgress')).body).toEqual([open.body]);
    await changeByHand(gateway, headers['idempotency-key'], id, method === 'PATCH' ? 'Suspended' : 'Deactivated');
    const none = await list('InProgress');
    expect([none.body, none.headers.get('x-total-count')]).toEqual([[], '0']);
    expect((await list('Completed')).body).toMatchObject([{ id: open.body.id, request: { method } }]);
    expect((await write()).status).toBe(status);
    const stranger = await gateway.newClient('OTHER');
    expect((await callTmf640(gateway, stranger, `GET monitor/${String(open.body.id)}`)).status).toBe(404);
    expect((await callTmf640(gateway, stranger, 'GET monitor')).body).toEqual([]);
  });
});

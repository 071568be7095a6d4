import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { CreatedClient } from '#libs/access';
import { loadConfig } from '#libs/config';
import { signCallback } from '#libs/platforms';
import { createLogger, Health } from '#libs/runtime';
import { eventually } from '#libs/testing';
import { iccidOf, saveCards } from '../../apps/gateway/cmo/testing/fleet.js';
import { endByHand, startGateway, type GatewayUnderTest } from '../../apps/gateway/testing/gateway-under-test.js';
import { callTmf640, changeByHand, tmf640Url } from '../../apps/gateway/tmf640/testing/tmf640-client.js';
import { startCallbacks } from '../../apps/monitor/callbacks/start-callbacks.js';
import { startReceiver, type Receiver } from '../../apps/monitor/callbacks/testing/receiver.js';

let gateway: GatewayUnderTest;
let client: CreatedClient;
let receiver: Receiver;
let callbacks: { stop(): Promise<void> };
let id: string;

beforeAll(async () => {
  receiver = await startReceiver();
  gateway = await startGateway({ environment: { SIMYARD_CALLBACK_ALLOW: '127.0.0.0/8' } });
  client = await gateway.newClient('ACME');
  await saveCards(gateway.database, [{ platform: null, n: 1, status: 'ACTIVE' }]);
  const [row] = await gateway.database.query<{ id: string }>(
    'select subscriber_id as id from inventory.sim where iccid = $1',
    [iccidOf(null, 1)],
  );
  id = row?.id ?? '';
  callbacks = await startCallbacks({
    config: loadConfig(process.env),
    log: createLogger('spec', 'silent'),
    health: new Health(),
  });
}, 60_000);

afterAll(async () => {
  await callbacks.stop();
  await gateway.stop();
  await receiver.close();
});

interface Told {
  url: string;
  eventType: string;
  event: { monitor?: { state: string }; service?: { state: string } };
}

const told = (): Told[] =>
  receiver.requests.map(({ url, body }) => ({ url, ...(JSON.parse(body) as Omit<Told, 'url'>) }));

async function subscribe(path: string, query?: string): Promise<{ id: string; secret: string }> {
  const callback = receiver.url + path;
  const reply = await callTmf640(gateway, client, 'POST hub', { callback, ...(query !== undefined && { query }) });
  const body = reply.body as { id: string; secret: string };
  expect(reply).toMatchObject({ status: 201, body: { id: expect.any(String), callback, secret: expect.any(String) } });
  expect(reply.headers.get('location')).toBe(`${tmf640Url(gateway)}/hub/${body.id}`);
  return body;
}

/** Asks for a state, and brings about how that ends. */
async function patch(state: string, end: (key: string) => Promise<string>): Promise<string> {
  const key = randomUUID();
  const headers = { 'idempotency-key': key };
  const waiting = callTmf640(gateway, client, `PATCH service/${id}`, { state }, headers);
  const operationId = await end(key);
  await waiting;
  return operationId;
}

describe('a hub of services', () => {
  it('tells of the end of an operation and of the new state, signed; of a failure, of its end alone', async () => {
    const { secret } = await subscribe('all');
    const services = await subscribe('services', 'eventType=ServiceStateChangeEvent');
    const operationId = await patch('inactive', (key) => changeByHand(gateway, key, id, 'Suspended'));
    await eventually(() => {
      expect(
        told()
          .map(({ url, eventType }) => `${url} ${eventType}`)
          .sort(),
      ).toEqual(['/all MonitorStateChangeEvent', '/all ServiceStateChangeEvent', '/services ServiceStateChangeEvent']);
    });
    const events = new Map(told().map((one) => [`${one.url} ${one.eventType}`, one]));
    const monitor = { id: operationId, href: `${tmf640Url(gateway)}/monitor/${operationId}`, state: 'Completed' };
    const service = { id, href: `${tmf640Url(gateway)}/service/${id}`, '@type': 'Service', state: 'inactive' };
    const envelope = { eventId: expect.any(String), eventTime: expect.any(String), correlationId: expect.any(String) };
    expect(events.get('/all MonitorStateChangeEvent')).toMatchObject({ ...envelope, event: { monitor } });
    expect(events.get('/services ServiceStateChangeEvent')).toMatchObject({ ...envelope, event: { service } });
    const { headers, body } = receiver.requests.find(({ url }) => url === '/all')!;
    const timestamp = String(headers['x-simyard-timestamp']);
    expect(headers['x-simyard-signature']).toBe(signCallback(secret, timestamp, body));

    receiver.requests.length = 0;
    const error = JSON.stringify({ code: 'PLATFORM_FAILED', message: 'No.' });
    await patch('active', (key) => eventually(() => endByHand(gateway.database, key, { status: 'FAILED', error })));
    await eventually(async () => {
      expect(told().map(({ url, eventType }) => [url, eventType])).toEqual([['/all', 'MonitorStateChangeEvent']]);
      expect(await gateway.database.query(`select from callbacks.delivery where state <> 'DELIVERED'`)).toEqual([]);
    });
    expect(told()[0]?.event.monitor?.state).toBe('InError');

    const stranger = await gateway.newClient('ACME');
    expect((await callTmf640(gateway, stranger, `DELETE hub/${services.id}`)).status).toBe(404);
    expect((await callTmf640(gateway, client, `DELETE hub/${services.id}`)).status).toBe(204);
    expect((await callTmf640(gateway, client, `DELETE hub/${services.id}`)).status).toBe(404);
  }, 60_000);

  it.each([
    [{ callback: 'http://127.0.0.1:1/x', query: 'eventType=Other' }, 'REQUEST_INVALID'],
    [{ callback: 'http://10.0.0.1/x' }, 'CALLBACK_URL_REFUSED'],
    [{}, 'REQUEST_INVALID'],
  ])('refuses %j', async (body, code) => {
    expect(await callTmf640(gateway, client, 'POST hub', body)).toMatchObject({ status: 400, body: { code } });
  });
});

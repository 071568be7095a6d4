import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { CreatedClient } from '#libs/access';
import {
  claimDeliveries,
  createUrlGuard,
  listDeliveries,
  recordAttempts,
  renewClientSecret,
  stageCallback,
  sweepWaiting,
  type Resolve,
} from '#libs/callbacks';
import { insertOperations } from '#libs/operations';
import { operationRow } from '#libs/testing';
import type { Caller } from '../../http/read-request.js';
import { credentials, send, startGateway, type GatewayUnderTest } from '../../testing/gateway-under-test.js';
import { bodyOf, callCmo, cmoUrl, errorOf } from '../testing/cmo-client.js';
import { createCallbacks } from '../../hub/callbacks.js';

const pepper = 'a pepper that is long enough for tests';
// An address: its URL needs no look-up.
const callback = 'https://93.184.215.14/simyard';
const query = 'eventType=MonitorStateChangeEvent';

let gateway: GatewayUnderTest;
let client: CreatedClient;
let sibling: CreatedClient;

beforeAll(async () => {
  gateway = await startGateway();
  client = await gateway.newClient('ACME-A');
  sibling = await gateway.newClient('ACME-A');
}, 60_000);

afterAll(() => gateway.stop());

describe('a subscription', () => {
  it('is made with its secret, read without it by its client alone, and deleted', async () => {
    const made = await callCmo(gateway, client, 'POST hub', { callback, query });
    const { id, secret } = bodyOf(made) as { id: string; secret: string };
    expect(made.status).toBe(201);
    expect(bodyOf(made)).toEqual({ id, callback, query, secret: expect.stringMatching(/^[\w-]{43}$/) });
    expect(made.headers.get('location')).toBe(`${cmoUrl(gateway)}/ACME/hub/${id}`);
    const one = await callCmo(gateway, client, `GET hub/${id}`);
    expect([one.status, bodyOf(one)]).toEqual([200, { id, callback, query }]);
    expect(bodyOf(await callCmo(gateway, client, 'GET hub'))).toEqual([{ id, callback, query }]);
    const stored = await gateway.database.query('select sealed_secret from callbacks.subscription');
    expect(JSON.stringify(stored)).not.toContain(secret);

    for (const route of [`GET hub/${id}`, `DELETE hub/${id}`] as const) {
      expect(errorOf(await callCmo(gateway, sibling, route))).toEqual([404, 'SUBSCRIPTION_NOT_FOUND']);
    }
    expect(bodyOf(await callCmo(gateway, sibling, 'GET hub'))).toEqual([]);
    const gone = await callCmo(gateway, client, `DELETE hub/${id}`);
    expect([gone.status, gone.text]).toEqual([204, '']);
    for (const route of [`GET hub/${id}`, `DELETE hub/${id}`, 'DELETE hub/x'] as const) {
      expect(errorOf(await callCmo(gateway, client, route))).toEqual([404, 'SUBSCRIPTION_NOT_FOUND']);
    }
    expect(errorOf(await callCmo(gateway, client, 'GET /OTHER/hub'))).toEqual([404, 'NOT_FOUND']);
  });

  it.each([
    [{ callback: 'http://93.184.215.14/' }, 'CALLBACK_URL_REFUSED', 'callback'],
    [{ callback: 'https://169.254.169.254/' }, 'CALLBACK_URL_REFUSED', 'callback'],
    [{ callback: 'https://localhost/' }, 'CALLBACK_URL_REFUSED', 'callback'],
    [{ callback: 'nowhere' }, 'CALLBACK_URL_REFUSED', 'callback'],
    [{ callback, query: 'state=DONE' }, 'REQUEST_INVALID', 'query'],
    [{ callback: 1 }, 'REQUEST_INVALID', 'callback'],
    [{}, 'REQUEST_INVALID', 'callback'],
    [{ callback, secret: 'mine' }, 'REQUEST_INVALID', 'secret'],
  ])('is refused for %j', async (body, code, field) => {
    const reply = await callCmo(gateway, client, 'POST hub', body);
    expect(errorOf(reply)).toEqual([400, code]);
    expect(bodyOf(reply)).toMatchObject({
      details: { problems: expect.arrayContaining([expect.objectContaining({ field })]) },
    });
  });
});

describe('what a write stages', () => {
  const at = (url?: string) => ({ facadeUrl: 'https://cmo.example/v5', url });
  const home: Resolve = () => Promise.resolve(['10.0.0.1']);
  const caller = (of: CreatedClient): Caller => ({ client: of, correlationId: 'c' });

  it('tells the URL of the request and those subscribed; without either it is nothing', async () => {
    const callbacks = createCallbacks(gateway.database, createUrlGuard([]), home, pepper);
    const mine = caller(await gateway.newClient('ACME-A'));
    const [plain, both] = [randomUUID(), randomUUID()];
    await (
      await callbacks.stageFor(mine, at())
    )(gateway.database, plain);
    const { subscriptionId } = await callbacks.subscribe(mine, { callback, query: null });
    await renewClientSecret(gateway.database, pepper, mine.client.clientId);
    await (
      await callbacks.stageFor(mine, at('https://93.184.215.14/once'))
    )(gateway.database, both);
    const told = async (operationId: string) =>
      (await listDeliveries(gateway.database, 'ACME', { operationId, limit: 10 })).map((row) => [
        row.url,
        row.subscriptionId,
      ]);
    expect(await told(plain)).toEqual([]);
    expect((await told(both)).sort()).toEqual([
      ['https://93.184.215.14/once', null],
      [callback, subscriptionId],
    ]);
  });

  it('is refused for a URL that leads home, or that no secret of the client signs for', async () => {
    const callbacks = createCallbacks(gateway.database, createUrlGuard([]), home, pepper);
    const refusal = { code: 'CALLBACK_URL_REFUSED', details: { problems: [{ field: 'X-Callback-Url' }] } };
    const mine = caller(sibling);
    await expect(callbacks.stageFor(mine, at('https://home.example/'))).rejects.toMatchObject(refusal);
    await expect(callbacks.stageFor(mine, at(callback))).rejects.toMatchObject(refusal);
  });
});

describe('administrators', () => {
  it('see attempts of their account tree, and try again what was given up', async () => {
    const [root, admin, stranger] = [
      await gateway.newClient('ACME'),
      await gateway.newClient('ACME', ['admin']),
      await gateway.newClient('OTHER', ['admin']),
    ];
    const operation = operationRow({ status: 'COMPLETED' });
    const { operationId } = operation;
    await insertOperations(gateway.database, [operation]);
    const { clientId, tenantId, accountId } = client;
    const url = new URL('https://93.184.215.14/given-up');
    await stageCallback(gateway.database, { operationId, clientId, tenantId, accountId, facadeUrl: '', url });
    await sweepWaiting(gateway.database, '00000000-0000-0000-0000-000000000000', 100);
    const wish = { limit: 10, perHost: 10, room: new Map<string, number>(), afterHost: '', leaseMs: 60_000 };
    const [claimed] = await claimDeliveries(gateway.database, wish);
    const { deliveryId, claim, attempt } = claimed!;
    const attempted = { attemptedAt: new Date(), status: 503, durationMs: 7, error: 'HTTP 503' };
    await recordAttempts(gateway.database, [{ deliveryId, claim, attempt, ...attempted, step: { state: 'GIVEN_UP' } }]);

    const list = (by: CreatedClient, filter: string) =>
      send(`${gateway.url}/admin/v1/callbacks?${filter}`, 'GET', credentials(by));
    expect((await list(root, `state=GIVEN_UP&operationId=${operationId}`)).body).toEqual({
      callbacks: [
        {
          ...{
            deliveryId,
            operationId,
            clientId,
            tenant: 'ACME',
            accountId,
            url: url.href,
            state: 'GIVEN_UP',
            attempts: 1,
          },
          ...{ lastStatus: 503, lastError: 'HTTP 503', createdAt: expect.any(String), endedAt: expect.any(String) },
          log: [{ number: 1, attemptedAt: expect.any(String), status: 503, durationMs: 7, error: 'HTTP 503' }],
        },
      ],
    });
    expect((await list(root, `state=DUE&operationId=${operationId}`)).body).toEqual({ callbacks: [] });
    expect((await list(stranger, '')).body).toEqual({ callbacks: [] });
    const page = await list(root, 'limit=1');
    expect(page.body).toMatchObject({ callbacks: [{}], nextCursor: page.body.callbacks[0].deliveryId });
    for (const wrong of ['state=LOST', 'operationId=x', 'limit=0', 'cursor=x', 'unknown=1']) {
      expect(await list(root, wrong)).toMatchObject({ status: 400, body: { error: { code: 'REQUEST_INVALID' } } });
    }

    const retry = (by: CreatedClient, id = deliveryId) =>
      send(`${gateway.url}/admin/v1/callbacks/${id}/retry`, 'POST', credentials(by));
    expect(await retry(root)).toMatchObject({ status: 403, body: { error: { code: 'FORBIDDEN' } } });
    expect(await retry(stranger)).toMatchObject({ status: 404 });
    expect(await retry(admin, 'x')).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
    expect(await retry(admin)).toMatchObject({ status: 204, body: '' });
    expect(await retry(admin)).toMatchObject({ status: 404 });
    expect((await list(root, `operationId=${operationId}`)).body.callbacks).toMatchObject([
      { state: 'DUE', attempts: 1 },
    ]);
  });
});

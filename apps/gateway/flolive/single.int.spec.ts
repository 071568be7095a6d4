import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { CreatedClient } from '#libs/access';
import { startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.js';
import { first, foreign, imsiOf, nobody, saveFleet, sibling } from './testing/fleet.js';
import { callFlolive, endCall, errorCodeOf, expectGolden, requestIdOf } from './testing/flolive-client.js';

let gateway: GatewayUnderTest;
let client: CreatedClient;

beforeAll(async () => {
  gateway = await startGateway();
  await saveFleet(gateway.database);
}, 60_000);

// Nothing carries the calls out here, so each test leaves its locks: subscribers, customers and users are its own.
let next = 0;
const someImsi = (): string => imsiOf((next += 1));
beforeEach(async () => {
  client = await gateway.newClient('ACME');
});

afterAll(() => gateway.stop());

const operationOf = async (requestId: string): Promise<unknown> => {
  const [operation] = await gateway.database.query(
    `select action, facade, account_id, actor, status, request::json from operations.operation where operation_id = $1`,
    [requestId],
  );
  return operation;
};

const statusPath = (imsi: string) => `PUT /api/v2/subscriber/imsi/${imsi}/sim-status` as const;
const offerPath = (method: 'POST' | 'DELETE', imsi: string) =>
  `${method} /api/v2/subscriber/imsi/${imsi}/offer/IOT-10MB` as const;
const paramsPath = (customer: string, instanceId = '') =>
  `/api/v2/customer/${customer}/external-params${instanceId && `/${instanceId}`}` as const;

describe('a single call', () => {
  it.each([
    ['ACTIVE', 'ACTIVE'],
    ['SUSPEND', 'SUSPENDED'],
    ['INACTIVE', 'INACTIVE'],
    ['TERMINATED', 'TERMINATED'],
  ])('to give a SIM the status %s is acknowledged, and starts its command', async (word, status) => {
    const imsi = someImsi();
    const reply = await callFlolive(gateway, client, statusPath(imsi), { status: word });
    expectGolden(reply, 200, 'single-ack');
    expect(await operationOf(requestIdOf(reply))).toEqual({
      ...{
        action: 'ChangeSimStatus',
        facade: 'flolive',
        account_id: 'ACME',
        actor: client.username,
        status: 'ACCEPTED',
      },
      request: { subscriber: { identifier: { type: 'IMSI', value: imsi } }, status },
    });
  });

  it.each([
    ['POST', 'AttachOffer'],
    ['DELETE', 'DetachOffer'],
  ] as const)('to %s an offer is acknowledged, and starts its command', async (method, action) => {
    const imsi = someImsi();
    const reply = await callFlolive(gateway, client, offerPath(method, imsi));
    expectGolden(reply, 200, 'single-ack');
    expect(await operationOf(requestIdOf(reply))).toMatchObject({
      ...{ action, request: { subscriber: { identifier: { type: 'IMSI', value: imsi } }, offerId: 'IOT-10MB' } },
    });
  });

  const instanceId = randomUUID();
  it.each([
    ['POST', '', { name: 'a', value: '1' }, 'CreateExternalParam', {}],
    ['PUT', instanceId, { value: '' }, 'ModifyExternalParam', { instanceId }],
    ['PUT', instanceId, { name: 'b', value: '2' }, 'ModifyExternalParam', { instanceId }],
    ['DELETE', instanceId, undefined, 'DeleteExternalParam', { instanceId }],
  ] as const)(
    'to %s an external param is acknowledged, and starts its command',
    async (method, id, body, action, ids) => {
      const customer = method === 'PUT' && body.value === '' ? 'ACME-A' : 'ACME-B';
      const reply = await callFlolive(gateway, client, `${method} ${paramsPath(customer, id)}`, body);
      expectGolden(reply, 200, 'single-ack');
      const operation = await operationOf(requestIdOf(reply));
      expect(operation).toMatchObject({ action, request: { accountId: customer, ...body, ...ids } });
      await endCall(gateway.database, requestIdOf(reply), { status: 'COMPLETED' });
    },
  );

  it.each(Object.entries(first))('names a subscriber by its %s in lower case', async (type, value) => {
    const route = `PUT /api/v2/subscriber/${type.toLowerCase()}/${value}/sim-status` as const;
    const reply = await callFlolive(gateway, client, route, { status: 'SUSPEND' });
    expectGolden(reply, 200, 'single-ack');
    await endCall(gateway.database, requestIdOf(reply), { status: 'COMPLETED' });
    const upper = `PUT /api/v2/subscriber/${type}/${value}/sim-status` as const;
    expectGolden(await callFlolive(gateway, client, upper, { status: 'SUSPEND' }), 400, 'validation-failed');
  });

  it('does not see subscribers and customers of other accounts', async () => {
    const below = await gateway.newClient('ACME-A');
    for (const { IMSI } of [sibling, foreign, nobody]) {
      const reply = await callFlolive(gateway, below, statusPath(IMSI), { status: 'SUSPEND' });
      expectGolden(reply, 404, 'unknown-subscriber');
      expectGolden(await callFlolive(gateway, below, offerPath('POST', IMSI)), 404, 'unknown-subscriber');
    }
    for (const customer of ['ACME', 'ACME-B', 'OTHER', 'nowhere']) {
      const reply = await callFlolive(gateway, below, `POST ${paramsPath(customer)}`, { name: 'a', value: '1' });
      expectGolden(reply, 404, 'unknown-customer');
    }
  });

  it.each([
    ['no body', statusPath(first.IMSI), undefined],
    ['no status', statusPath(first.IMSI), {}],
    ["OCS's word", statusPath(first.IMSI), { status: 'SUSPENDED' }],
    ['an unknown property', statusPath(first.IMSI), { status: 'ACTIVE', reason: 'x' }],
    ['another type', 'PUT /api/v2/subscriber/email/a@example.com/sim-status', { status: 'ACTIVE' }],
    ['a value without its format', statusPath('abc'), { status: 'ACTIVE' }],
    ['a body where there is none', offerPath('POST', first.IMSI), { offerId: 'IOT-10MB' }],
    ['an offer that is too long', `POST /api/v2/subscriber/imsi/${first.IMSI}/offer/${'x'.repeat(65)}`, undefined],
    ['a NUL in the path', `POST /api/v2/subscriber/imsi/${first.IMSI}/offer/a%00b`, undefined],
    ['a name alone', `POST ${paramsPath('ACME-A')}`, { name: 'a' }],
    ['a value that is too long', `POST ${paramsPath('ACME-A')}`, { name: 'a', value: 'x'.repeat(4001) }],
    ['an instance that is no uuid', `DELETE ${paramsPath('ACME-A', '7')}`, undefined],
  ] as const)('is refused with %s', async (_, route, body) => {
    expectGolden(await callFlolive(gateway, client, route, body), 400, 'validation-failed');
  });

  it('is refused in this shape whatever is wrong with it', async () => {
    const none = { client_secret: 'wrong' };
    const route = statusPath(first.IMSI);
    const unknown = await callFlolive(gateway, client, route, { status: 'ACTIVE' }, none);
    expect(errorCodeOf(unknown)).toEqual([401, 'GLOBAL_9401']);
    const { headers } = unknown;
    expect(headers.get('www-authenticate')).toContain('Bearer');
    expect(errorCodeOf(await callFlolive(gateway, client, 'GET /api/v2/nothing'))).toEqual([404, 'GLOBAL_9404']);
    const wrong = await callFlolive(gateway, client, `POST /api/v2/subscriber/imsi/${first.IMSI}/sim-status`, {});
    expect(errorCodeOf(wrong)).toEqual([405, 'GLOBAL_9405']);
    const xml = { 'content-type': 'application/xml' };
    expect(errorCodeOf(await callFlolive(gateway, client, route, {}, xml))).toEqual([415, 'GLOBAL_9415']);
    expectGolden(await callFlolive(gateway, client, 'GET /api/v2/subscriber/imsi/%zz'), 400, 'validation-failed');
    const large = { status: 'x'.repeat(512 * 1024) };
    expect(errorCodeOf(await callFlolive(gateway, client, route, large))).toEqual([413, 'GLOBAL_9413']);
  });

  it('that is repeated by its Idempotency-Key gets the stored ACK, also after its end', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const imsi = someImsi();
    const send = (status: string) => callFlolive(gateway, client, statusPath(imsi), { status }, headers);
    const one = await send('SUSPEND');
    const two = await send('SUSPEND');
    await endCall(gateway.database, requestIdOf(one), { status: 'COMPLETED' });
    const three = await send('SUSPEND');
    expect([one.status, two.text, three.text]).toEqual([200, one.text, one.text]);
    expect(errorCodeOf(await send('INACTIVE'))).toEqual([409, 'GLOBAL_9409']);
    const bad = await callFlolive(gateway, client, statusPath(imsi), { status: 'ACTIVE' }, { 'idempotency-key': '' });
    expect(errorCodeOf(bad)).toEqual([400, 'SUBSCRIBER_1000']);
  });
});

describe('the locks of single calls', () => {
  it('work as in the documents: a user modifies the params of one customer, waits, then those of the other', async () => {
    const modify = (customer: string) =>
      callFlolive(gateway, client, `PUT ${paramsPath(customer, randomUUID())}`, { value: '1' });
    const one = await modify('ACME-A');
    expectGolden(one, 200, 'single-ack');
    const call = `/api/v2/global/call/${requestIdOf(one)}` as const;

    const refused = await modify('ACME-B');
    expectGolden(refused, 409, 'locked');
    expect(refused.headers.get('link')).toBe(`<${call}>; rel="related"`);
    expect(refused.headers.get('retry-after')).toBe('2');
    expectGolden(await callFlolive(gateway, client, `GET ${call}`), 200, 'call-open');

    await endCall(gateway.database, requestIdOf(one), { status: 'COMPLETED' });
    expectGolden(await callFlolive(gateway, client, `GET ${call}`), 200, 'call-success');
    const two = await modify('ACME-B');
    expectGolden(two, 200, 'single-ack');
    await endCall(gateway.database, requestIdOf(two), { status: 'FAILED', errorCode: 'EXTERNAL_PARAM_NOT_FOUND' });
    const failed = await callFlolive(gateway, client, `GET /api/v2/global/call/${requestIdOf(two)}`);
    expect(errorCodeOf(failed)).toEqual([200, 'CUSTOMER_9002']);
  });

  it('keep others away from the subscriber, whatever their action, and let the user act elsewhere', async () => {
    const [imsi, other] = [someImsi(), someImsi()];
    expect((await callFlolive(gateway, client, offerPath('POST', imsi))).status).toBe(200);
    const colleague = await gateway.newClient('ACME-A');
    expectGolden(await callFlolive(gateway, colleague, statusPath(imsi), { status: 'SUSPEND' }), 409, 'locked');
    expect((await callFlolive(gateway, colleague, offerPath('POST', other))).status).toBe(200);
    expect((await callFlolive(gateway, client, statusPath(someImsi()), { status: 'SUSPEND' })).status).toBe(200);
  });

  it('leave no trace of a refusal', async () => {
    const imsi = someImsi();
    expect((await callFlolive(gateway, client, offerPath('POST', imsi))).status).toBe(200);
    const headers = { 'idempotency-key': randomUUID() };
    const colleague = await gateway.newClient('ACME-A');
    const refused = await callFlolive(gateway, colleague, offerPath('DELETE', imsi), undefined, headers);
    expectGolden(refused, 409, 'locked');
    const traces = await gateway.database.query(
      `select operation_id::text from operations.operation where actor = $1
       union all select operation_id::text from operations.lock where username = $1
       union all select operation_id::text from operations.request_key where key = $2`,
      [colleague.username, headers['idempotency-key']],
    );
    expect(traces).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { CreatedClient } from '#libs/access';
import { credentials, endByHand, send, startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.js';

let gateway: GatewayUnderTest;
let client: CreatedClient;

beforeAll(async () => {
  gateway = await startGateway({ responseTimeoutMs: 100 });
  client = await gateway.newClient('ACME');
}, 60_000);

afterAll(() => gateway.stop());

describe('a write whose command does not end in time', () => {
  it('is answered 202 with its operation, as are its repeats, until the operation ends', async () => {
    const requestId = randomUUID();
    const url = `${gateway.url}/v1/casm/subscribers/status`;
    const body = { requestId, subscriber: { externalId: 'S' }, state: 'Active' };
    const write = () => send(url, 'POST', credentials(client), body);

    const first = await write();
    expect(first).toMatchObject({ status: 202, body: { status: 'ACCEPTED' } });
    const location = first.headers.get('location') ?? '';
    expect(location).toBe(`/admin/v1/operations/${String(first.body.operationId)}`);
    expect(Number(first.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await write()).toMatchObject({ status: 202, body: first.body });

    const operation = await send(gateway.url + location, 'GET', credentials(client));
    expect(operation).toMatchObject({ status: 200, body: { status: 'ACCEPTED', request: body } });
    await endByHand(gateway.database, requestId, { status: 'COMPLETED', response: '{"done":true}' });
    expect(await write()).toMatchObject({ status: 200, body: { done: true } });
    expect(await send(gateway.url + location, 'GET', credentials(client))).toMatchObject({
      body: { status: 'COMPLETED', response: { done: true } },
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import type { CreatedClient } from '#libs/access';
import { ocsCommands, type OcsCommand } from '../ocs/ocs-command.js';
import { isErrorCode } from '#libs/errors';
import { credentials, send, startGateway, type GatewayUnderTest, type Reply } from '../testing/gateway-under-test.js';
import { httpStatuses } from './http-status.js';

let gateway: GatewayUnderTest;
let client: CreatedClient;

beforeAll(async () => {
  gateway = await startGateway({ responseTimeoutMs: 0 });
  client = await gateway.newClient('ACME');
}, 60_000);

afterAll(() => gateway.stop());

const base = '/v1/casm/subscribers';
const swapPath = `${base}/resources/swap`;

function expectError({ status, headers, body }: Reply, code: string): void {
  expect({ status, code: body.error?.code }).toEqual({ status: httpStatuses[code as keyof typeof httpStatuses], code });
  expect(isErrorCode(code)).toBe(true);
  expect(typeof body.error.message).toBe('string');
  expect(body.error.correlationId).toBe(headers.get('x-correlation-id'));
  expect(JSON.stringify(body)).not.toMatch(/node_modules|\.ts:|\.js:|at \w+ \(/);
}

const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> =>
  send(gateway.url + path, 'POST', { ...credentials(client), ...headers }, body);

describe('a request that is not well-formed', () => {
  const deep = `${'['.repeat(40)}${']'.repeat(40)}`;

  it.each([
    ['nothing', ''],
    ['no JSON', '{"requestId":'],
    ['a text', '"swap"'],
    ['null', 'null'],
    ['an array', '[]'],
    ['a prototype', '{"__proto__":{"requestId":"1"}}'],
    ['a constructor', '{"constructor":{"prototype":{"x":1}}}'],
    ['a deep nest', `{"subscriber":${deep}}`],
    ['a deeper nest', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
    ['a NUL', '{"requestId":"a\\u0000b"}'],
    ['half a surrogate pair', '{"requestId":"\\ud800"}'],
    ['an unknown property', '{"requestId":"1","msisdn":"1"}'],
    ['a wrong type', '{"requestId":1}'],
    ['a wrong nested type', '{"requestId":"1","subscriber":"SUB-1"}'],
    ['an unknown nested property', '{"requestId":"1","subscriber":{"id":"SUB-1"}}'],
    ['a text that is too long', JSON.stringify({ requestId: 'x'.repeat(256) })],
    ['a refId that is no uuid', '{"requestId":"1","subscriber":{"refId":"SUB-1"}}'],
  ])('with %s is refused', async (_, body) => {
    expectError(await post(swapPath, body), 'REQUEST_INVALID');
  });

  it('names each wrong field', async () => {
    const sim = { iccid: 5, status: 'BROKEN' };
    const reply = await post(base, { requestId: '1', externalId: '', accountId: 'ACME', sim, resources: [{}] });
    expectError(reply, 'REQUEST_INVALID');
    const problems = reply.body.error.details.problems as { field: string }[];
    const fields = problems.map(({ field }) => field);
    expect(new Set(fields)).toEqual(
      new Set(['externalId', 'sim.iccid', 'sim.status', 'resources.0.type', 'resources.0.value']),
    );
  });

  it('that is no UTF-8 is refused', async () => {
    const body = Buffer.concat([Buffer.from('{"requestId":"'), Buffer.from([0xff, 0xc0]), Buffer.from('"}')]);
    const headers = { ...credentials(client), 'content-type': 'application/json' };
    const response = await fetch(gateway.url + swapPath, { method: 'POST', headers, body });
    expect([response.status, await response.json()]).toMatchObject([400, { error: { code: 'REQUEST_INVALID' } }]);
  });

  it('with another content type is refused', async () => {
    expectError(await post(swapPath, '<swap/>', { 'content-type': 'application/xml' }), 'UNSUPPORTED_MEDIA_TYPE');
    expectError(
      await post(swapPath, 'a=1', { 'content-type': 'multipart/form-data; boundary=x' }),
      'UNSUPPORTED_MEDIA_TYPE',
    );
    expectError(
      await post(swapPath, 'requestId=1', { 'content-type': 'application/x-www-form-urlencoded' }),
      'UNSUPPORTED_MEDIA_TYPE',
    );
    expectError(await post(swapPath, 'swap', { 'content-type': 'text/plain' }), 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('with more than 512 KiB is refused', async () => {
    expectError(await post(swapPath, { requestId: 'x'.repeat(512 * 1024) }), 'REQUEST_TOO_LARGE');
  });

  it('gets no fault whatever its body is', async () => {
    const names = ocsCommands;
    const paths: Record<OcsCommand, [string, string]> = {
      SwapSubscriberResource: ['POST', swapPath],
      CreateSubscriberResource: ['POST', `${base}/resources`],
      DeleteSubscriberResource: ['DELETE', `${base}/resources`],
      CreateSubscriber: ['POST', base],
      ChangeSubscriberStatus: ['POST', `${base}/status`],
    };
    const text = fc.string({ unit: 'binary', maxLength: 300 });
    const loose = fc.oneof(text, fc.jsonValue({ maxDepth: 3 }), fc.constant(undefined));
    const reference = fc.oneof(loose, fc.record({ externalId: text }), fc.record({ refId: fc.uuid() }));
    const body = fc.record({
      requestId: fc.oneof(fc.uuid(), loose),
      transactionId: loose,
      subscriber: reference,
      resourceType: loose,
      swapResource: loose,
      resource: loose,
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.oneof(body, loose), async (name, value) => {
        const [method, path] = paths[name];
        const reply = await send(
          gateway.url + path,
          method,
          credentials(client),
          value === undefined ? '' : JSON.stringify(value),
        );
        expect(reply.status).toBeLessThan(500);
        if (reply.status !== 202) expect(isErrorCode(String(reply.body.error.code))).toBe(true);
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});

describe('a mandatory attribute that is missing', () => {
  const whole = {
    requestId: '1',
    subscriber: { externalId: 'S' },
    swapResource: '1',
    resource: '2',
    resourceType: 'MSISDN',
  };

  it.each([
    ['requestId', 'REQUEST_ID_REQUIRED'],
    ['subscriber', 'SUBSCRIBER_REQUIRED'],
    ['swapResource', 'SWAP_RESOURCE_REQUIRED'],
    ['resource', 'RESOURCE_REQUIRED'],
    ['resourceType', 'RESOURCE_TYPE_REQUIRED'],
  ])('%s has its own code', async (field, code) => {
    const { [field as keyof typeof whole]: _, ...rest } = whole;
    const reply = await post(swapPath, rest);
    expectError(reply, code);
    expect(reply.body.error.details).toEqual({ field });
  });

  it('starts no operation', async () => {
    expect(await gateway.database.query(`select from operations.operation where request_id = '1'`)).toEqual([]);
  });
});

describe('credentials', () => {
  it.each([
    ['none', {}],
    ['an id alone', { client_id: 'x' }],
    ['wrong ones', { client_id: 'x', client_secret: 'y' }],
    ['a bad token', { authorization: 'Bearer x.y.z' }],
  ])('%s are refused on every route', async (_, headers) => {
    for (const [method, path] of [
      ['POST', swapPath],
      ['GET', `${base}/resources?externalId=S`],
      ['GET', '/admin/v1/operations'],
    ] as const) {
      const reply = await send(gateway.url + path, method, headers, method === 'POST' ? {} : undefined);
      expectError(reply, 'UNAUTHENTICATED');
      expect(reply.headers.get('www-authenticate')).toContain('Bearer');
    }
  });
});

describe('a path or method that is not there', () => {
  it('is answered 404, or 405 with what is allowed', async () => {
    expectError(await send(`${gateway.url}/v1/nothing`, 'GET', {}), 'NOT_FOUND');
    const wrong = await send(gateway.url + swapPath, 'PUT', credentials(client), {});
    expectError(wrong, 'METHOD_NOT_ALLOWED');
    expect(wrong.headers.get('allow')).toBe('POST');
    const patched = await send(`${gateway.url}/admin/v1/operations/${randomUUID()}`, 'PATCH', {}, {});
    expectError(patched, 'METHOD_NOT_ALLOWED');
    expect(patched.headers.get('allow')).toBe('GET, HEAD');
  });

  it('is answered 400 or 404 when the URL itself is broken', async () => {
    for (const target of ['/v1/casm/%zz', '/v1/casm/subscribers/resources?externalId=%00', '//..//', '/%c0%ae']) {
      const reply = await raw(
        `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nclient_id: ${client.clientId}\r\nclient_secret: ${client.clientSecret}\r\n\r\n`,
      );
      expect(reply).toMatch(/^HTTP\/1\.1 40[04] /);
      expect(reply).toMatch(/"code":"(REQUEST_INVALID|NOT_FOUND)"/);
    }
  });
});

describe('X-Correlation-ID', () => {
  it('is echoed when it is usable, and replaced when it is not', async () => {
    const echo = async (value: string): Promise<string | null> =>
      (await send(`${gateway.url}/livez`, 'GET', { 'x-correlation-id': value })).headers.get('x-correlation-id');
    expect(await echo('order-1/ä'.replace('ä', '='))).toBe('order-1/=');
    expect(await echo('x'.repeat(256))).toMatch(/^[0-9a-f-]{36}$/);
    expect(await echo('two words')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

async function raw(request: string): Promise<string> {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname.replace(/[[\]]/g, ''));
  // Not ended here: the server drops the reply to whoever has hung up before it. It closes the connection itself.
  socket.write(request);
  let reply = '';
  socket.on('data', (data) => (reply += data.toString()));
  await once(socket, 'close');
  return reply;
}

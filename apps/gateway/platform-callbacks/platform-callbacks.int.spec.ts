import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { metricsRegistry } from '#libs/runtime';
import { savePlatform, signCallback, storeRequests, type AcceptedRequest } from '#libs/platforms';
import { newRequests } from '../../../libs/platforms/requests/testing/requests.js';
import { startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.js';

const pepper = 'a pepper of this spec, which is long enough';
const secret = 'the-secret-of-STC';
const other = 'the-secret-of-TMSP';

let gateway: GatewayUnderTest;

beforeAll(async () => {
  gateway = await startGateway({ environment: { SIMYARD_SECRET_PEPPER: pepper } });
  await gateway.database.transaction(async (tx) => {
    await savePlatform(tx, pepper, 'STC', {
      baseUrl: 'http://127.0.0.1:9',
      credential: 'token',
      callbackSecret: secret,
    });
    await savePlatform(tx, pepper, 'TMSP', {
      baseUrl: 'http://127.0.0.1:9',
      credential: 'token',
      callbackSecret: other,
    });
  });
}, 60_000);

afterAll(() => gateway.stop());

/** Requests of STC that wait for its callbacks. */
async function waitingRequests(count = 1): Promise<{ operationId: string; iccid: string }[]> {
  return gateway.database.transaction(async (tx) => {
    const requests = await newRequests(tx, count, { platform: 'STC' });
    await storeRequests(tx, requests);
    return requests;
  });
}

const accepted = (operationId: string, iccid: string, settings: Partial<AcceptedRequest> = {}): AcceptedRequest => ({
  ...{ requestId: randomUUID(), reference: operationId, iccid, change: 'status', state: 'DONE', sequence: 2 },
  sim: {
    ...{ iccid, status: 'SUSPENDED', account: null, customProperties: [], version: 1, changedAt: null, pending: [] },
  },
  error: null,
  ...settings,
});

interface Sent {
  platform?: string;
  secret?: string;
  timestamp?: string;
  signature?: string;
  type?: string;
}

async function call(body: string, sent: Sent = {}): Promise<{ status: number; code: string | undefined }> {
  const timestamp = sent.timestamp ?? String(Math.floor(Date.now() / 1000));
  const response = await fetch(`${gateway.url}/platform-callbacks/v1/${sent.platform ?? 'STC'}`, {
    method: 'POST',
    headers: {
      'content-type': sent.type ?? 'application/json',
      'x-platform-timestamp': timestamp,
      'x-platform-signature': sent.signature ?? signCallback(sent.secret ?? secret, timestamp, body),
    },
    body,
  });
  const text = await response.text();
  const answer = (text === '' ? {} : JSON.parse(text)) as { error?: { code: string } };
  return { status: response.status, code: answer.error?.code };
}

async function statesOf(operationIds: string[]): Promise<string[]> {
  const rows = await gateway.database.query<{ state: string }>(
    'select state from platforms.request where operation_id = any($1::uuid[])',
    [operationIds],
  );
  return rows.map(({ state }) => state);
}

/** Ends told to the monitor; the gateway's relay may have published some. */
async function countOf(end: string): Promise<number> {
  const metrics = await metricsRegistry.metrics();
  return Number(
    new RegExp(`simyard_platform_callbacks_total{platform="STC",end="${end}"} (\\d+)`).exec(metrics)?.[1] ?? 0,
  );
}

const taken = { status: 204, code: undefined };

describe('a callback', () => {
  it('ends its request, and may come again', async () => {
    const [request] = await waitingRequests();
    const body = JSON.stringify(accepted(request!.operationId, request!.iccid));
    expect(await call(body)).toEqual(taken);
    expect(await statesOf([request!.operationId])).toEqual(['DONE']);
    expect(await call(body)).toEqual(taken);
    expect(await statesOf([request!.operationId])).toEqual(['DONE']);
  });

  it('is one of many at a time, each of which ends its own request', async () => {
    const requests = await waitingRequests(200);
    const answers = await Promise.all(
      requests.map(({ operationId, iccid }) => call(JSON.stringify(accepted(operationId, iccid)))),
    );
    expect(answers).toEqual(requests.map(() => taken));
    const states = await statesOf(requests.map(({ operationId }) => operationId));
    expect(states).toEqual(requests.map(() => 'DONE'));
  }, 30_000);

  it('of a request that nobody knows is taken and counted', async () => {
    const before = await countOf('UNKNOWN');
    expect(await call(JSON.stringify(accepted(randomUUID(), '89000000000000000009')))).toEqual(taken);
    expect(await call(JSON.stringify(accepted('no-uuid', '89000000000000000009')))).toEqual(taken);
    expect(await countOf('UNKNOWN')).toBe(before + 2);
  });

  it('has a SIM with all custom properties that there can be', async () => {
    const [request] = await waitingRequests();
    const { sim, ...rest } = accepted(request!.operationId, request!.iccid);
    const customProperties = Array.from({ length: 100 }, (_, n) => ({
      name: `${n}`.padEnd(100),
      value: '€'.repeat(1000),
    }));
    expect(await call(JSON.stringify({ ...rest, sim: { ...sim, customProperties } }))).toEqual(taken);
    expect(await statesOf([request!.operationId])).toEqual(['DONE']);
  });

  it("says nothing of another platform's request", async () => {
    const [request] = await waitingRequests();
    const body = JSON.stringify(accepted(request!.operationId, request!.iccid));
    expect(await call(body, { platform: 'TMSP', secret: other })).toEqual(taken);
    expect(await statesOf([request!.operationId])).toEqual(['QUEUED']);
  });
});

describe('a callback is refused', () => {
  const now = (): number => Math.floor(Date.now() / 1000);
  const body = JSON.stringify(accepted(randomUUID(), '89000000000000000009'));
  const unauthenticated = { status: 401, code: 'CALLBACK_UNAUTHENTICATED' };
  const invalid = { status: 400, code: 'REQUEST_INVALID' };

  it.each([
    ['with the secret of another platform', () => call(body, { secret: other }), unauthenticated],
    ['without a signature', () => call(body, { signature: '' }), unauthenticated],
    ['after more than five minutes', () => call(body, { timestamp: String(now() - 310) }), unauthenticated],
    ['from more than five minutes ahead', () => call(body, { timestamp: String(now() + 310) }), unauthenticated],
    ['before its body is looked at', () => call('{', { signature: 'sha256=00' }), unauthenticated],
    ['of a platform without a secret', () => call(body, { platform: 'TMUS' }), unauthenticated],
    ['of an unknown platform', () => call(body, { platform: 'NONE' }), { status: 404, code: 'PLATFORM_NOT_FOUND' }],
    ['as half a JSON text', () => call(body.slice(0, 40)), invalid],
    ['as another JSON text', () => call('{"requestId":"r"}'), invalid],
    ['with an end that has no SIM', () => call(body.replace(/"sim":{.*},"error"/, '"sim":null,"error"')), invalid],
    [
      'with the SIM of another ICCID',
      () => call(body.replace(/"sim":{"iccid":"\d+"/, '"sim":{"iccid":"89000000000000000008"')),
      invalid,
    ],
    ['without a body', () => call(''), invalid],
    ['as a form', () => call('a=b', { type: 'application/x-www-form-urlencoded' }), unsupported()],
    ['when it is too large', () => call(body.padEnd(700_000)), { status: 413, code: 'REQUEST_TOO_LARGE' }],
  ])('%s', async (_, send, answer) => {
    expect(await send()).toEqual(answer);
  });

  function unsupported(): { status: number; code: string } {
    return { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' };
  }

  it('and counted', async () => {
    const before = await countOf('REFUSED');
    await call(body, { secret: other });
    expect(await countOf('REFUSED')).toBe(before + 1);
  });
});

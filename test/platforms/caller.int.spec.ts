import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PlatformChange } from '#libs/contracts';
import { platformProfiles, type PlatformConfig, type PlatformProfile } from '#libs/platforms';
import { eventually } from '#libs/testing';
import type { CallResult } from '../../apps/platform-connector/calls/call-result.js';
import { createPlatformCaller, type PlatformCaller } from '../../apps/platform-connector/calls/platform-caller.js';
import { startReceiver, type CallbackReceiver } from '../../apps/platform-simulator/testing/callback-receiver.js';
import { startSimulator, type SimulatorUnderTest } from '../../apps/platform-simulator/testing/simulator-under-test.js';

const iccid = '89000000000000000001';
const profiles: Record<string, PlatformProfile> = platformProfiles;
/** For answers that never come; the others are given all the time they want. */
const soon = { requestTimeoutMs: 300 };

let simulator: SimulatorUnderTest;
let receiver: CallbackReceiver;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  simulator = await startSimulator();
  receiver = await startReceiver();
});
afterAll(async () => {
  await Promise.all(open.map((one) => one.close()));
  await simulator.stop();
  await receiver.close();
});
beforeEach(() => simulator.reset());

function callerOf(
  name: string,
  settings: Partial<PlatformConfig> = {},
  limits = { failures: 100, openMs: 60_000 },
): PlatformCaller {
  const { changes, results, credentials } = profiles[name]!;
  const caller = createPlatformCaller(
    {
      ...{ changes, results, credentials, requestTimeoutMs: 30_000, concurrency: 4 },
      ...{ baseUrl: `${simulator.url}/${name}`, credential: `simulated-${name}-credential` },
      ...settings,
    },
    limits,
  );
  open.push(caller);
  return caller;
}

const suspend = (operationId: string = randomUUID()) => ({
  operationId,
  iccid,
  change: Object.assign(new PlatformChange(), { kind: 'status', status: 'SUSPENDED' }),
});

const told = ({ kind, answer }: CallResult): string => `${kind} ${answer.statusCode}`;

describe.each(Object.keys(platformProfiles))('%s', (name) => {
  it('is asked for a SIM and for each change that it offers, and understood', async () => {
    const caller = callerOf(name);
    expect(await caller.readSim(iccid)).toMatchObject({ kind: 'sim', sim: { iccid, status: 'INACTIVE' } });
    const values = {
      status: { status: 'ACTIVE' },
      account: { account: 'A-2' },
      'custom-properties': { customProperties: [{ name: 'Colour', value: 'Blue' }] },
    } as const;
    for (const kind of ['status', 'account', 'custom-properties'] as const) {
      const operationId = randomUUID();
      const change = Object.assign(new PlatformChange(), { kind, ...values[kind] });
      const result = await caller.change({ operationId, iccid, change }, receiver.url);
      const mode = profiles[name]!.changes[kind];
      if (mode === 'sync')
        expect(result).toMatchObject({ kind: 'sim', sim: values[kind], answer: { statusCode: 200 } });
      else if (mode === undefined) expect(result).toMatchObject({ kind: 'refused', code: 'CHANGE_NOT_OFFERED' });
      else await expectRequest(caller, result, operationId);
    }
  });
});

it('reads a SIM with all custom properties that there can be', async () => {
  const caller = callerOf('JASPER');
  const customProperties = Array.from({ length: 100 }, (_, n) => ({
    name: `${n}`.padEnd(100),
    value: '\u0001'.repeat(1000),
  }));
  const change = Object.assign(new PlatformChange(), { kind: 'custom-properties', customProperties });
  const changed = await caller.change({ operationId: randomUUID(), iccid, change }, undefined);
  expect(changed).toMatchObject({ kind: 'sim', sim: { customProperties } });
  expect(await caller.readSim(iccid)).toMatchObject({ kind: 'sim', sim: { customProperties } });
});

async function expectRequest(caller: PlatformCaller, result: CallResult, reference: string): Promise<void> {
  expect(result).toMatchObject({ kind: 'request', request: { reference }, answer: { statusCode: 202 } });
  const requestId = result.kind === 'request' ? result.request.requestId : '';
  expect(await caller.readRequest(requestId)).toMatchObject({ kind: 'request', request: { requestId, reference } });
}

describe('a call', () => {
  it('has the key of its operation, so that a repeat has no effect', async () => {
    const caller = callerOf('JASPER');
    const request = suspend();
    expect([told(await caller.change(request, undefined)), told(await caller.change(request, undefined))]).toEqual([
      'sim 200',
      'sim 200',
    ]);
    const { body } = await simulator.admin('GET', `/requests?idempotencyKey=${request.operationId}`);
    expect(body).toMatchObject({ requests: [{ received: 2, effects: 1, reference: request.operationId }] });
  });

  it.each([
    ['TIME_OUT', {}, 'unknown 504', 0],
    ['TIME_OUT', { afterEffect: true }, 'unknown 504', 1],
    ['DELAY', { delayMs: 60_000 }, 'unknown 504', 0],
    ['RESET', {}, 'unknown 502', 0],
    ['RESET', { afterEffect: true }, 'unknown 502', 1],
    ['MALFORMED_BODY', {}, 'unknown 502', 0],
    ['MALFORMED_BODY', { afterEffect: true }, 'unknown 502', 1],
    ['SERVER_ERROR', {}, 'unknown 503', 0],
    ['SERVER_ERROR', { status: 500, afterEffect: true }, 'unknown 500', 1],
    ['RATE_LIMIT', {}, 'busy 429', 0],
    ['REFUSE', {}, 'refused 409', 0],
  ] as const)('that meets %s %j is %s', async (kind, settings, result, effects) => {
    const request = suspend();
    await simulator.fault(kind, 'JASPER', settings);
    const caller = callerOf('JASPER', result === 'unknown 504' ? soon : {});
    expect(told(await caller.change(request, undefined))).toBe(result);
    await eventually(async () => {
      const { body } = await simulator.admin('GET', `/requests?idempotencyKey=${request.operationId}`);
      expect(body.requests).toMatchObject([{ effects }]);
    });
  });

  it('tells what the platform said, and when it wants to be called again', async () => {
    await simulator.fault('RATE_LIMIT', 'JASPER', { retryAfterSeconds: 3, count: 1 });
    expect(await callerOf('JASPER').readSim(iccid)).toEqual({
      kind: 'busy',
      retryAfterMs: 3000,
      answer: {
        statusCode: 429,
        message: 'The rate limit is reached.',
        body: expect.stringContaining('TOO_MANY_REQUESTS'),
        headers: expect.objectContaining({ 'retry-after': '3', 'content-type': expect.stringContaining('json') }),
      },
    });
  });

  it('is refused for good with a wrong credential', async () => {
    expect(await callerOf('JASPER', { credential: 'wrong' }).readSim(iccid)).toMatchObject({
      kind: 'refused',
      code: 'UNAUTHENTICATED',
    });
  });

  it('ends when its caller wants', async () => {
    await simulator.fault('TIME_OUT', 'JASPER');
    const caller = callerOf('JASPER', { requestTimeoutMs: 60_000 });
    expect(told(await caller.readSim(iccid, AbortSignal.timeout(50)))).toBe('unknown 502');
  });

  it('was not sent where nobody listens', async () => {
    const nowhere = await startServer('');
    await nowhere.close();
    expect(told(await callerOf('JASPER', { baseUrl: nowhere.url }).change(suspend(), undefined))).toBe('busy 503');
  });
});

describe('an answer', () => {
  it.each([
    ['of more than 64 KiB', JSON.stringify({ iccid, more: 'x'.repeat(70_000) }), 'unknown 502'],
    ['of another SIM', simText({ iccid: '89000000000000000002' }), 'unknown 502'],
    ['with an unknown status', simText({ status: 'LOST' }), 'unknown 502'],
    ['without its pending changes', simText({ pending: undefined }), 'unknown 502'],
    ['with a text that nobody can store', simText({ account: 'A\u0000' }), 'unknown 502'],
    ['that is no JSON', '<html>', 'unknown 502'],
    ['with more than the contract has', simText({ colour: 'blue' }), 'sim 200'],
  ])('%s', async (_, text, result) => {
    const server = await startServer(text);
    open.push(server);
    expect(told(await callerOf('JASPER', { baseUrl: server.url }).readSim(iccid))).toBe(result);
  });
});

describe('the breaker', () => {
  it('sends nothing once calls have failed in a row, tries one after a while, and goes on when that one succeeds', async () => {
    const caller = callerOf('JASPER', {}, { failures: 3, openMs: 2000 });
    await simulator.fault('SERVER_ERROR', 'JASPER', { count: 4 });
    for (const _ of [1, 2, 3]) expect(told(await caller.readSim(iccid))).toBe('unknown 503');
    expect(caller.isOpen()).toBe(true);
    const refused = await caller.readSim(iccid);
    expect(refused).toMatchObject({ kind: 'busy', answer: { statusCode: 503 } });
    expect(refused.kind === 'busy' && refused.retryAfterMs).toBeGreaterThan(0);
    await untilSent(caller);
    // The one that tried met the fourth fault.
    expect(told(await caller.readSim(iccid))).toBe('busy 503');
    await untilSent(caller);
    expect(caller.isOpen()).toBe(false);
    expect(told(await caller.readSim(iccid))).toBe('sim 200');
    expect(await countOf('calls')).toBe(6);
  });

  it('does not take refusals, or calls that came too often, for failures', async () => {
    const caller = callerOf('JASPER', {}, { failures: 2, openMs: 60_000 });
    await simulator.fault('RATE_LIMIT', 'JASPER', { count: 3 });
    for (const _ of [1, 2, 3]) expect(told(await caller.readSim(iccid))).toBe('busy 429');
    for (const _ of [1, 2, 3]) expect(told(await caller.readRequest('unknown'))).toBe('refused 404');
    expect(caller.isOpen()).toBe(false);
  });

  /** Asks until a call reaches the platform. */
  async function untilSent(caller: PlatformCaller): Promise<void> {
    const before = await countOf('calls');
    while ((await countOf('calls')) === before) {
      const result = await caller.readSim(iccid);
      if (result.kind === 'busy') await new Promise((resolve) => setTimeout(resolve, result.retryAfterMs ?? 0));
    }
  }

  const countOf = async (name: string): Promise<number> => {
    const { body } = await simulator.admin('GET', '/counts');
    return Number(body.platforms.JASPER[name]);
  };
});

function simText(settings: object): string {
  const sim = {
    iccid,
    status: 'ACTIVE',
    account: null,
    customProperties: [],
    version: 0,
    changedAt: null,
    pending: [],
  };
  return JSON.stringify({ ...sim, ...settings });
}

/** A platform that says the same to everyone. */
async function startServer(text: string): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer((_, response) => response.writeHead(200).end(text));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  // An address in full, as the server listens on TCP.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

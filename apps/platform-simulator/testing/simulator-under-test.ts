import { randomUUID } from 'node:crypto';
import { loadProcessConfig } from '#libs/config';
import { platformProfiles, type ChangeKind, type PlatformProfile } from '#libs/platforms';
import { startServiceWith } from '#libs/runtime';
import { platformSimulator } from '../build.js';
import type { Fault, FaultKind } from '../faults/fault.js';

export interface Reply {
  status: number;
  headers: Headers;
  // Bodies are asserted on, and each test knows what it asks for.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

export interface ChangeOptions {
  key?: string;
  /** given up after so long */
  timeoutMs?: number;
}

/** The simulator within a spec's own process, and a client that logs in to each platform as it wants. */
export interface SimulatorUnderTest {
  readonly url: string;
  change(platform: string, iccid: string, kind: ChangeKind, body: object, options?: ChangeOptions): Promise<Reply>;
  get(platform: string, path: string): Promise<Reply>;
  /** The admin API; paths below /simulator/v1. */
  admin(method: string, path: string, body?: unknown): Promise<Reply>;
  fault(kind: FaultKind, platform: string, settings?: Partial<Fault>): Promise<void>;
  /** Anew, without latency. */
  reset(seed?: number): Promise<void>;
  stop(): Promise<void>;
}

const profiles: Record<string, PlatformProfile> = platformProfiles;

/** As the platform wants them; one more that a test has added takes a bearer token. */
function credentialsOf(platform: string): Record<string, string> {
  const credential = `simulated-${platform}-credential`;
  const isApiKey = profiles[platform]?.credentials === 'api-key';
  return isApiKey ? { 'x-api-key': credential } : { authorization: `Bearer ${credential}` };
}

export async function startSimulator(): Promise<SimulatorUnderTest> {
  const logLevel = process.env['SIMYARD_TEST_LOG_LEVEL'] ?? 'silent';
  const service = await startServiceWith(loadProcessConfig({ SIMYARD_LOG_LEVEL: logLevel }), platformSimulator);
  const admin: SimulatorUnderTest['admin'] = (method, path, body) =>
    send(`${service.url}/simulator/v1${path}`, method, {}, body);
  const ask: typeof admin = async (method, path, body) => {
    const reply = await admin(method, path, body);
    if (reply.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(reply.body)}`);
    return reply;
  };
  return {
    url: service.url,
    change: (platform, iccid, kind, body, { key = randomUUID(), timeoutMs } = {}) =>
      send(
        `${service.url}/${platform}/v1/sims/${iccid}/${kind}`,
        'PUT',
        { ...credentialsOf(platform), 'idempotency-key': key },
        body,
        timeoutMs,
      ),
    get: (platform, path) => send(`${service.url}/${platform}/v1${path}`, 'GET', credentialsOf(platform)),
    admin,
    fault: async (kind, platform, settings = {}) => {
      await ask('POST', '/faults', { kind, platform, ...settings });
    },
    reset: async (seed = 1) => {
      const quick = { answerMs: { min: 0, max: 0 }, completionMs: { min: 0, max: 0 }, callbackPauseMs: 10 };
      await ask('POST', '/reset', { seed });
      await Promise.all(Object.keys(platformProfiles).map((name) => ask('PATCH', `/platforms/${name}`, quick)));
    },
    stop: () => service.stop(),
  };
}

/** Sends JSON; a text is sent as it is. */
export async function send(
  url: string,
  method: string,
  headers: Record<string, string>,
  body?: unknown,
  timeoutMs = 30_000,
): Promise<Reply> {
  const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url, {
    method,
    headers: { ...(payload !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(payload !== undefined && { body: payload }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parsed(text) };
}

/** A text that is no JSON stays one. */
function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

import { Pool } from 'undici';
import type { PlatformChange } from '#libs/contracts';
import { platformHeaders, type PlatformConfig } from '#libs/platforms';
import { createBreaker, breakerLimits, type BreakerLimits } from './breaker.js';
import type { CallResult, ChangeToSend } from './call-result.js';
import { exchange, largestBody, type Call } from './exchange.js';
import { readChanged, readRequested, readSim, type Understand } from './understand.js';

/** Calls one platform, by the contract of docs/platform-contract.md. No call throws: what goes wrong is a result. */
export interface PlatformCaller {
  /** @param callbackUrl where the platform tells the end, if it is one that calls back */
  change(request: ChangeToSend, callbackUrl: string | undefined, signal?: AbortSignal): Promise<CallResult>;
  readSim(iccid: string, signal?: AbortSignal): Promise<CallResult>;
  readRequest(platformRequestId: string, signal?: AbortSignal): Promise<CallResult>;
  /** whether nothing is sent at present, as the platform did not answer */
  isOpen: () => boolean;
  /** Ends what is under way. */
  close(): Promise<void>;
}

type Connected = Pick<
  PlatformConfig,
  'baseUrl' | 'credentials' | 'credential' | 'changes' | 'results' | 'requestTimeoutMs' | 'concurrency'
>;

/** Throws TypeError when the platform is not connected, and what unsealing its credential throws. */
export function createPlatformCaller(platform: Connected, limits: BreakerLimits = breakerLimits): PlatformCaller {
  const base = new URL(platform.baseUrl ?? '');
  const login = loginOf(platform);
  const pool = openPool(base, platform);
  const breaker = createBreaker<CallResult>(limits, isPlatformDown);
  const send = async (call: Call, understand: Understand, signal?: AbortSignal): Promise<CallResult> => {
    const path = base.pathname.replace(/\/$/, '') + call.path;
    const headers = { accept: 'application/json', ...login, ...call.headers };
    const limitsOfCall = { timeoutMs: platform.requestTimeoutMs, signal };
    const result = await breaker.run(async () =>
      understand(await exchange(pool, { ...call, path, headers }, limitsOfCall)),
    );
    return 'openForMs' in result ? notSent(result.openForMs) : result;
  };
  return {
    change: (request, callbackUrl, signal) =>
      send(changeCall(platform, request, callbackUrl), readChanged(request), signal),
    readSim: (iccid, signal) => send(get(`/v1/sims/${encodeURIComponent(iccid)}`), readSim(iccid), signal),
    readRequest: (id, signal) => send(get(`/v1/requests/${encodeURIComponent(id)}`), readRequested(id), signal),
    isOpen: breaker.isOpen,
    close: () => pool.destroy(),
  };
}

const openPool = (base: URL, { concurrency, requestTimeoutMs }: Connected): Pool =>
  new Pool(base.origin, {
    connections: concurrency,
    connectTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    bodyTimeout: requestTimeoutMs,
    maxResponseSize: largestBody,
  });

function loginOf({ credentials, credential }: Connected): Record<string, string> {
  if (credential === null) return {};
  return credentials === 'bearer'
    ? { authorization: `Bearer ${credential}` }
    : { [platformHeaders.apiKey]: credential };
}

const get = (path: string): Call => ({ method: 'GET', path, headers: {} });

function changeCall(
  { changes, results }: Connected,
  { operationId, iccid, change }: ChangeToSend,
  callbackUrl: string | undefined,
): Call {
  const callsBack = changes[change.kind] === 'async' && results === 'callback';
  return {
    method: 'PUT',
    path: `/v1/sims/${encodeURIComponent(iccid)}/${change.kind}`,
    headers: { 'content-type': 'application/json', [platformHeaders.idempotencyKey]: operationId },
    body: JSON.stringify({ ...valueOf(change), reference: operationId, ...(callsBack && { callbackUrl }) }),
  };
}

function valueOf({ kind, status, account, customProperties }: PlatformChange): object {
  switch (kind) {
    case 'status':
      return { status };
    case 'account':
      return { account };
    case 'custom-properties':
      return { customProperties };
  }
}

/** A platform that is busy or refuses is well. */
const isPlatformDown = (result: CallResult): boolean =>
  result.kind === 'unknown' || (result.kind === 'busy' && result.answer.statusCode !== tooManyRequests);

const tooManyRequests = 429;

/** What stands for an answer while the platform is left alone. */
const notSent = (openForMs: number): CallResult => ({
  kind: 'busy',
  answer: {
    statusCode: 503,
    message: 'The platform did not answer calls before this one, which was not sent.',
    body: null,
    headers: null,
  },
  retryAfterMs: openForMs,
});

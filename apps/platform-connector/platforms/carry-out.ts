import type { ClaimedRequest, NextState, PlatformConfig, Step } from '#libs/platforms';
import type { Database } from '#libs/postgres';
import type { Logger } from '#libs/runtime';
import type { CallResult } from '../calls/call-result.js';
import { decideCall, decideStep, type Wanted } from '../calls/decide-step.js';
import { createPlatformCaller, type PlatformCaller } from '../calls/platform-caller.js';
import { createThrottle } from '../calls/throttle.js';
import { countCall, countThrottled, showBreaker } from '../metrics.js';

/** What a platform's loop carries claimed requests out with. */
export interface PlatformConnection {
  /** Asks the platform what the request wants; undefined: nothing was sent, as the claim is over. */
  carryOut: (request: ClaimedRequest) => Promise<Step | undefined>;
  close: () => Promise<void>;
}

type CallName = Extract<Wanted, { call: string }>['call'];

/** How long a request waits for its turn at a platform whose limit is used up, with its claim running. */
const patienceMs = 1000;

/** Throws what unsealing the platform's credential throws. */
export function connectPlatform(
  platform: PlatformConfig,
  database: Database,
  callbackUrl: string,
  log: Logger,
): PlatformConnection {
  const caller = createPlatformCaller(platform);
  const throttle = createThrottle(database, platform);
  const carryOut = async (request: ClaimedRequest): Promise<Step | undefined> => {
    const wanted = decideCall(request, new Date());
    if ('step' in wanted) return wanted.step;
    const waitMs = await throttle.take(patienceMs);
    if (waitMs > 0) {
      countThrottled(platform.name);
      return throttledStep(request, waitMs);
    }
    // After a pause of this process somebody else may have the request.
    if (Date.now() >= request.sendBefore) return undefined;
    const startedAt = performance.now();
    const result = await send(caller, wanted.call, request, callbackUrl);
    note(wanted.call, request, result, (performance.now() - startedAt) / 1000);
    return decideStep(request, platform, result, new Date(), Math.random());
  };
  const note = (
    call: CallName,
    { operationId, correlationId }: ClaimedRequest,
    { kind, answer }: CallResult,
    seconds: number,
  ): void => {
    const { name } = platform;
    countCall(name, call, kind, seconds);
    showBreaker(name, caller.isOpen());
    if (kind !== 'unknown') return;
    const { statusCode, message } = answer;
    const about = { platform: name, operationId, correlationId, call, statusCode, seconds };
    log.warn(about, `call to a platform failed: ${message}`);
  };
  return { carryOut, close: () => caller.close() };
}

function send(
  caller: PlatformCaller,
  call: CallName,
  request: ClaimedRequest,
  callbackUrl: string,
): Promise<CallResult> {
  if (call === 'change') return caller.change(request, callbackUrl);
  if (call === 'readRequest' && request.platformRequestId !== null)
    return caller.readRequest(request.platformRequestId);
  return caller.readSim(request.iccid);
}

function throttledStep(request: ClaimedRequest, dueInMs: number): Step {
  return { operationId: request.operationId, answer: null, next: { ...placeOf(request), dueInMs }, throttled: true };
}

type Pausing = Extract<NextState, { dueInMs: number }>;
type Place = Pausing extends infer Next ? (Next extends Pausing ? Omit<Next, 'dueInMs'> : never) : never;

/** As it was, to be looked at again. */
function placeOf({ state, uncertain, platformRequestId }: ClaimedRequest): Place {
  if (state === 'DONE' || state === 'FAILED') return { settle: 'again' };
  if (state === 'SENT' && platformRequestId !== null) return { state, platformRequestId };
  return { state: state === 'QUEUED' ? 'QUEUED' : 'CHECKING', uncertain };
}

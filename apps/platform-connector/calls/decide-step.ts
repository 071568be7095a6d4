import {
  endOfAccepted,
  toPlatformSim,
  type Answer,
  type ClaimedRequest,
  type NextState,
  type PlatformConfig,
  type Sim,
  type Step,
} from '#libs/platforms';
import type { CallResult } from './call-result.js';
import { hasValue, pendingOf } from './compare-sim.js';
import { pollPause, retryPause, settlePause, wishedPause } from './pauses.js';

/**
 * The state machine of a stored request, pure; docs/platform-requests.md has it as a table. `decideCall` says what to ask the
 * platform, `decideStep` what follows from the answer.
 */

/** What is decided by of a platform. */
export type Rules = Pick<
  PlatformConfig,
  'idempotent' | 'results' | 'attempts' | 'pollMs' | 'callbackGraceMs' | 'requestTimeoutMs'
>;

/** What the platform is to be asked; or what becomes of the request without a call. */
export type Wanted = { call: 'change' | 'readSim' | 'readRequest' } | { step: Step };

export function decideCall(request: ClaimedRequest, now: Date): Wanted {
  const place = placeOf(request);
  if (place === 'ENDED') return { call: 'readSim' };
  if (!request.operationOpen) return { step: unsent(request, place, 'The operation ended before the platform did.') };
  if (place === 'SENT') return { call: 'readRequest' };
  if (now >= request.giveUpAt) return { step: unsent(request, place, 'The platform was not reached in time.') };
  return { call: place === 'CHECKING' ? 'readSim' : 'change' };
}

type Place = 'QUEUED' | 'CHECKING' | 'SENT' | 'ENDED';

const placeOf = ({ state }: ClaimedRequest): Place => (state === 'DONE' || state === 'FAILED' ? 'ENDED' : state);

function unsent(request: ClaimedRequest, place: Place, message: string): Step {
  const { operationId, lastAnswer } = request;
  const last = lastAnswer ?? { statusCode: 504, message };
  const uncertain = request.uncertain || place !== 'QUEUED';
  return { operationId, answer: null, next: { state: 'FAILED', ...last, uncertain } };
}

/** All that a step is decided by. */
interface Situation {
  request: ClaimedRequest;
  platform: Rules;
  now: Date;
  /** from 0 up to 1 */
  random: number;
}

/** What becomes of a request by the result of the call that `decideCall` wanted. */
export function decideStep(
  request: ClaimedRequest,
  platform: Rules,
  result: CallResult,
  now: Date,
  random: number,
): Step {
  const situation = { request, platform, now, random };
  const next = deciders[placeOf(request)](situation, result);
  return { operationId: request.operationId, answer: result.answer, next };
}

type Decide = (situation: Situation, result: CallResult) => NextState;

const deciders: Record<Place, Decide> = {
  QUEUED: afterChange,
  CHECKING: afterCheck,
  SENT: afterPoll,
  ENDED: afterEnd,
};

/** The change was sent. */
function afterChange(situation: Situation, result: CallResult): NextState {
  const { request, platform } = situation;
  switch (result.kind) {
    case 'sim':
      return done(result.sim);
    case 'request':
      return endOf(result) ?? sent(situation, result.request.requestId);
    case 'refused':
      return failed(result.answer, request.uncertain);
    case 'busy':
      return again(situation, 'QUEUED', result, request.uncertain);
    case 'unknown':
      return again(situation, platform.idempotent ? 'QUEUED' : 'CHECKING', result, true);
  }
}

/** The platform was asked for the SIM, as it may have carried out the change. */
function afterCheck(situation: Situation, result: CallResult): NextState {
  const { request } = situation;
  switch (result.kind) {
    case 'sim':
      return afterSight(situation, result.sim);
    case 'refused':
      return failed(result.answer, true);
    case 'busy':
    case 'unknown':
      return again(situation, 'CHECKING', result, true);
    case 'request':
      return failed(request.lastAnswer ?? result.answer, true);
  }
}

function afterSight(situation: Situation, sim: Sim): NextState {
  const { request, platform } = situation;
  const pending = pendingOf(sim, request);
  if (pending) return sent(situation, pending.requestId);
  if (hasValue(sim, request.change)) return done(sim);
  const last = request.lastAnswer ?? { statusCode: 504, message: 'The platform did not carry out the change.' };
  if (request.attempts >= platform.attempts) return failed(last, true);
  return { state: 'QUEUED', dueInMs: 0, uncertain: false };
}

/** The platform was asked how far it is with what it has accepted. */
function afterPoll(situation: Situation, result: CallResult): NextState {
  const { request, platform, random } = situation;
  const ended = result.kind === 'request' ? endOf(result) : undefined;
  if (ended) return ended;
  const pauseMs = pollPause(platform.pollMs, request.attempts, random);
  if (request.platformRequestId === null || isForgotten(result)) {
    return { state: 'CHECKING', dueInMs: pauseMs, uncertain: true };
  }
  const dueInMs = Math.max(pauseMs, wishOf(result));
  return { state: 'SENT', platformRequestId: request.platformRequestId, dueInMs };
}

const isForgotten = (result: CallResult): boolean => result.kind === 'refused' && result.code === 'REQUEST_NOT_FOUND';

/** The operation has ended, and the platform was asked for what it has. */
function afterEnd({ request, platform, random }: Situation, result: CallResult): NextState {
  if (result.kind === 'sim' && !pendingOf(result.sim, request)) {
    return { settle: 'observed', sim: toPlatformSim(result.sim) };
  }
  const pauseMs = settlePause(platform.pollMs, request.attempts, random);
  return { settle: 'again', dueInMs: Math.max(pauseMs, wishOf(result)) };
}

/** One more attempt, if there is one left and time for it; else a last look, if something may have been done. */
function again(
  situation: Situation,
  state: 'QUEUED' | 'CHECKING',
  result: Extract<CallResult, { kind: 'busy' | 'unknown' }>,
  uncertain: boolean,
): NextState {
  const { request, platform, now, random } = situation;
  const isLast = request.attempts >= platform.attempts;
  const mayLook = uncertain && request.state === 'QUEUED';
  const next = isLast && mayLook ? 'CHECKING' : state;
  const pauseMs = retryPause(request.attempts, result.retryAfterMs, random);
  // A platform that is only late must have come to its end before it is asked, or it would say that nothing was done.
  const isFirstCheck = next === 'CHECKING' && request.state === 'QUEUED';
  const dueInMs = isFirstCheck ? Math.max(pauseMs, platform.requestTimeoutMs) : pauseMs;
  const isInTime = now.getTime() + dueInMs < request.giveUpAt.getTime();
  const goesOn = isInTime && (!isLast || mayLook);
  return goesOn ? { state: next, dueInMs, uncertain } : failed(result.answer, uncertain);
}

/** The end of an accepted request, if it has come. */
function endOf({ request }: Extract<CallResult, { kind: 'request' }>): NextState | undefined {
  const end = endOfAccepted(request);
  if (end?.sim) return { state: 'DONE', sim: end.sim };
  return end && failed(end, false);
}

const done = (sim: Sim): NextState => ({ state: 'DONE', sim: toPlatformSim(sim) });

const failed = ({ statusCode, message }: Pick<Answer, 'statusCode' | 'message'>, uncertain: boolean): NextState => ({
  state: 'FAILED',
  statusCode,
  message,
  uncertain,
});

const sent = ({ platform }: Situation, platformRequestId: string): NextState => ({
  state: 'SENT',
  platformRequestId,
  dueInMs: platform.results === 'polling' ? platform.pollMs : platform.callbackGraceMs,
});

/** How long the platform wants to be left alone. */
const wishOf = (result: CallResult): number =>
  result.kind === 'busy' || result.kind === 'unknown' ? wishedPause(result.retryAfterMs) : 0;

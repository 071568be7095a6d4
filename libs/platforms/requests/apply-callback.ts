import { CustomProperty, PlatformSim } from '#libs/contracts';
import { platformErrors, type AcceptedRequest, type Sim } from '../contract.js';
import { endedChange, unchangedBut, type Applied } from './apply-step.js';
import type { RequestEnd } from './messages.js';
import { hasEnded, type LockedRequest } from './request.js';
import type { Answer } from './step.js';

/** A SIM as its platform's contract has it, as Simyard's messages have it. */
export const toPlatformSim = ({ status, account, customProperties }: Sim): PlatformSim =>
  Object.assign(new PlatformSim(), { status, account, customProperties: customProperties.map(toProperty) });

const toProperty = ({ name, value }: { name: string; value: string }): CustomProperty =>
  Object.assign(new CustomProperty(), { name, value });

const isKnownCode = (code: string): code is keyof typeof platformErrors => Object.hasOwn(platformErrors, code);
const unknownFailureStatus = 409;

/** How an accepted request has ended, in the words of an answer; undefined while it is in progress. */
export function endOfAccepted({ state, sim, error }: AcceptedRequest): RequestEnd | undefined {
  if (state === 'DONE' && sim) return { state, statusCode: 200, message: '', sim: toPlatformSim(sim) };
  if (state !== 'FAILED') return undefined;
  const code = error?.code ?? '';
  const statusCode = isKnownCode(code) ? platformErrors[code].status : unknownFailureStatus;
  return { state, statusCode, message: error?.message ?? '', sim: null };
}

/**
 * What a platform's callback makes of its request as it is now. Callbacks come twice, in any order, and late: one that says
 * nothing new changes nothing, and one that contradicts the end makes somebody ask what holds.
 */
export function applyCallback(request: LockedRequest, accepted: AcceptedRequest): Applied | undefined {
  const end = endOfAccepted(accepted);
  if (end === undefined) return undefined;
  if (hasEnded(request)) return late(request, end);
  // A request that was sent twice, as its first answer was lost: the one that is known decides.
  const other = request.platformRequestId !== null && request.platformRequestId !== accepted.requestId;
  if (other && end.state === 'FAILED') return undefined;
  const change = endedChange(request, answerOf(accepted, end), end, false);
  return { change: { ...change, platformRequestId: accepted.requestId }, ended: end };
}

function late(request: LockedRequest, end: RequestEnd): Applied | undefined {
  const contradicts = request.state !== end.state;
  if (!contradicts && (request.settled || request.state === 'DONE')) return undefined;
  return {
    change: unchangedBut(request, {
      settled: false,
      uncertain: request.uncertain || contradicts,
      dueInMs: 0,
      attempts: 0,
      answer: null,
    }),
  };
}

const answerOf = (accepted: AcceptedRequest, { statusCode, message }: RequestEnd): Answer => ({
  statusCode,
  message,
  body: JSON.stringify(accepted),
  headers: { 'content-type': 'application/json' },
});

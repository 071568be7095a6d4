import type { PlatformSim } from '#libs/contracts';
import type { RequestChange } from './change-requests.sql.js';
import type { RequestEnd } from './messages.js';
import { hasEnded, type LockedRequest } from './request.js';
import type { ClaimedRequest, Step, StoredState } from './step.js';

/** What a step or a callback makes of a request; `ended` and `observed` are told to the monitor. */
export interface Applied {
  change: RequestChange;
  ended?: RequestEnd;
  observed?: PlatformSim;
}

/** The monitor has that long to record an end before the platform is asked what holds. */
export const settleAfterMs = 5000;
const longestSettlePauseMs = 300_000;

/**
 * What a step makes of its request as it is now; undefined when the request has changed meanwhile, so that the step says
 * nothing any more: a callback may have ended it before the answer came, or another process has claimed it.
 */
export function applyStep(request: LockedRequest, claim: ClaimedRequest, step: Step): Applied | undefined {
  const { next } = step;
  const ours = request.dueAt?.getTime() === claim.claimedUntil.getTime();
  if (hasEnded(request)) return 'settle' in next && ours && !request.settled ? settle(request, step) : undefined;
  if ('settle' in next) return undefined;
  if (next.state === 'DONE') {
    const { sim } = next;
    return endOf(request, step, { state: 'DONE', statusCode: statusOf(request, step), message: '', sim }, false);
  }
  if (!ours) return undefined;
  if (next.state === 'FAILED') {
    const { statusCode, message, uncertain } = next;
    return endOf(request, step, { state: 'FAILED', statusCode, message, sim: null }, uncertain);
  }
  return { change: next.state === 'SENT' ? accepted(request, step, next) : again(request, step, next) };
}

type NextOf<State extends StoredState> = Extract<Step['next'], { state: State }>;

function accepted(request: LockedRequest, { answer, throttled }: Step, next: NextOf<'SENT'>): RequestChange {
  const counts = { attempts: request.state === 'SENT' ? countOf(request, throttled) : 0 };
  return unchangedBut(request, { ...next, answer, uncertain: true, ...counts });
}

function again(
  request: LockedRequest,
  { answer, throttled }: Step,
  next: NextOf<'QUEUED' | 'CHECKING'>,
): RequestChange {
  const attempts = countOf(request, throttled);
  // The time after which a request is given up begins with its first attempt.
  const giveUpAt = attempts === 0 ? null : request.giveUpAt;
  return unchangedBut(request, { ...next, answer, attempts, giveUpAt });
}

/** One that was throttled was no attempt. */
const countOf = ({ attempts }: LockedRequest, throttled = false): number =>
  throttled ? Math.max(attempts - 1, 0) : attempts;

function settle(request: LockedRequest, { next, throttled }: Step): Applied | undefined {
  if (!('settle' in next)) return undefined;
  if (next.settle === 'again') {
    // What the change's own end was is what a monitor shows.
    const unanswered = { answer: null, attempts: countOf(request, throttled) };
    return { change: unchangedBut(request, { ...unanswered, dueInMs: next.dueInMs }) };
  }
  // What holds is known; the monitor may find the SIM locked, and is told again later what holds by then.
  const dueInMs = Math.min(settleAfterMs * 2 ** (request.attempts - 1), longestSettlePauseMs);
  return { change: unchangedBut(request, { answer: null, uncertain: false, dueInMs }), observed: next.sim };
}

const statusOf = (request: LockedRequest, { answer }: Step): number => answer?.statusCode ?? request.statusCode ?? 200;

function endOf(request: LockedRequest, step: Step, ended: RequestEnd, uncertain: boolean): Applied {
  return { change: endedChange(request, step.answer, ended, uncertain), ended };
}

/** One of which nothing can have happened is settled by its end: Simyard has changed nothing either. */
export function endedChange(
  request: LockedRequest,
  answer: Step['answer'],
  { state, statusCode, message }: RequestEnd,
  uncertain: boolean,
): RequestChange {
  const settled = state === 'FAILED' && !uncertain;
  return unchangedBut(request, {
    ...{ state, settled, uncertain, attempts: 0, dueInMs: settled ? null : settleAfterMs },
    answer: answer ? { ...answer, statusCode, message } : { statusCode, message, body: null, headers: null },
  });
}

export function unchangedBut(
  { operationId, state, settled, uncertain, attempts, giveUpAt, platformRequestId }: LockedRequest,
  changed: Partial<RequestChange> & Pick<RequestChange, 'answer' | 'dueInMs'>,
): RequestChange {
  return { operationId, state, settled, uncertain, attempts, giveUpAt, platformRequestId, ...changed };
}

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
export const settleAfterMs = 10_000;
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
    return endOf(
      request,
      step,
      { state: 'DONE', statusCode: statusOf(request, step), message: '', sim: next.sim },
      false,
    );
  }
  if (!ours) return undefined;
  if (next.state === 'FAILED') {
    const { statusCode, message, uncertain } = next;
    return endOf(request, step, { state: 'FAILED', statusCode, message, sim: null }, uncertain);
  }
  return { change: next.state === 'SENT' ? accepted(request, step, next) : again(request, step, next) };
}

type NextOf<State extends StoredState> = Extract<Step['next'], { state: State }>;

function accepted(request: LockedRequest, { answer }: Step, next: NextOf<'SENT'>): RequestChange {
  const change = unchangedBut(request, { ...next, answer, uncertain: true });
  return request.state === 'SENT' ? change : { ...change, attempts: 0 };
}

function again(
  request: LockedRequest,
  { answer, throttled }: Step,
  next: NextOf<'QUEUED' | 'CHECKING'>,
): RequestChange {
  return { ...unchangedBut(request, { ...next, answer }), ...(throttled && uncounted(request)) };
}

/** The attempt was none; if it was the first one, the time after which the request is given up has not begun either. */
function uncounted({ attempts, giveUpAt }: LockedRequest): Pick<RequestChange, 'attempts' | 'giveUpAt'> {
  const counted = Math.max(attempts - 1, 0);
  return { attempts: counted, giveUpAt: counted === 0 ? null : giveUpAt };
}

function settle(request: LockedRequest, { next }: Step): Applied | undefined {
  if (!('settle' in next)) return undefined;
  // What the change's own end was is what a monitor shows.
  if (next.settle === 'again') return { change: unchangedBut(request, { answer: null, dueInMs: next.dueInMs }) };
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

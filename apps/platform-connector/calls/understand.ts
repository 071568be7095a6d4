import {
  readErrorBody,
  readRequestBody,
  readSimBody,
  type AcceptedRequest,
  type Answer,
  type Sim,
} from '#libs/platforms';
import type { CallResult, ChangeToSend } from './call-result.js';
import type { Exchange } from './exchange.js';

/** What an exchange means, as the contract has it. */
export type Understand = (exchange: Exchange) => CallResult;

type Answered = Extract<Exchange, { status: number }>;
type Unanswered = Exclude<Exchange, Answered>;

export const readSim = (iccid: string): Understand => understanding((answered) => asSim(answered, iccid));

export const readRequested = (requestId: string): Understand =>
  understanding((answered) => asRequest(answered, 200, (request) => request.requestId === requestId));

/** The SIM as changed, or the request that was accepted. */
export const readChanged = ({ iccid, change }: Pick<ChangeToSend, 'iccid' | 'change'>): Understand =>
  understanding(
    (answered) =>
      asSim(answered, iccid) ??
      asRequest(answered, 202, (request) => request.iccid === iccid && request.change === change.kind),
  );

function understanding(understandDone: (answered: Answered) => CallResult | undefined): Understand {
  return (exchange) => {
    if ('failure' in exchange) return fromFailure(exchange);
    if (exchange.status < 300) return understandDone(exchange) ?? unreadable(exchange);
    return fromRefusal(exchange);
  };
}

function asSim(answered: Answered, iccid: string): CallResult | undefined {
  const sim: Sim | undefined = answered.status === 200 ? readSimBody(answered.body, iccid) : undefined;
  return sim && { kind: 'sim', sim, answer: answerOf(answered, '') };
}

function asRequest(
  answered: Answered,
  status: number,
  fits: (request: AcceptedRequest) => boolean,
): CallResult | undefined {
  const request = answered.status === status ? readRequestBody(answered.body) : undefined;
  if (!request || !fits(request)) return undefined;
  return { kind: 'request', request, answer: answerOf(answered, request.error?.message ?? '') };
}

const tooManyRequests = 429;
const firstFault = 500;

function fromRefusal(answered: Answered): CallResult {
  const error = readErrorBody(answered.body);
  const retryAfterMs = retryAfterOf(answered.headers);
  const message = error?.message ?? `The platform answered ${answered.status}.`;
  const answer = answerOf(answered, message);
  if (answered.status === tooManyRequests) return { kind: 'busy', answer, retryAfterMs };
  if (error && answered.status >= 400 && answered.status < firstFault)
    return { kind: 'refused', answer, code: error.code };
  return { kind: 'unknown', answer, retryAfterMs };
}

/** In ms, of seconds or a date; null when there is none that can be read. */
function retryAfterOf({ 'retry-after': value }: Record<string, string>): number | null {
  if (value === undefined) return null;
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(ms, 0);
}

const unreadable = (answered: Answered): CallResult => ({
  kind: 'unknown',
  answer: { ...answerOf(answered, "The platform's answer does not fit its contract."), statusCode: 502 },
  retryAfterMs: null,
});

/** What stands for an answer where there was none. */
function fromFailure({ failure }: Unanswered): CallResult {
  const { statusCode, message } = failures[failure];
  const kind = failure === 'not-connected' ? 'busy' : 'unknown';
  return { kind, answer: { statusCode, message, body: null, headers: null }, retryAfterMs: null };
}

const failures = {
  'not-connected': { statusCode: 503, message: 'The platform could not be reached; nothing was sent.' },
  'no-answer-in-time': { statusCode: 504, message: 'The platform did not answer in time.' },
  broken: { statusCode: 502, message: 'The connection to the platform broke before its answer was complete.' },
} satisfies Record<Unanswered['failure'], { statusCode: number; message: string }>;

const longestText = 1000;

function answerOf({ status, headers, body }: Answered, message: string): Answer {
  const told = Object.entries(headers).filter(([name]) => !untold.has(name));
  return {
    statusCode: status,
    message: message.slice(0, longestText),
    body,
    headers: Object.fromEntries(told.map(([name, value]) => [name, value.slice(0, longestText)])),
  };
}

/** Of the connection, or secret: nobody's but ours. */
const untold: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'set-cookie']);

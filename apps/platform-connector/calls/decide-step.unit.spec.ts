import { describe, expect, it } from '@jest/globals';
import { CustomProperty } from '#libs/contracts';
import type { AcceptedRequest, ClaimedRequest, NextState, Sim, StoredState } from '#libs/platforms';
import type { CallResult } from './call-result.js';
import { decideCall, decideStep, type Rules } from './decide-step.js';
import { acceptedRequest, answer, changeTo, claimed, now, rules, simOf } from './testing/requests.js';

const pendingOurs: Sim['pending'] = [
  { requestId: 'P-7', reference: claimed().operationId, change: 'status', value: 'SUSPENDED' },
];
const pendingOther: Sim['pending'] = [{ requestId: 'P-1', reference: 'another', change: 'status', value: 'ACTIVE' }];

const inProgress: AcceptedRequest = acceptedRequest({ state: 'IN_PROGRESS' });
const done: AcceptedRequest = acceptedRequest({ state: 'DONE', sequence: 2, sim: simOf('SUSPENDED') });
const failed: AcceptedRequest = acceptedRequest({
  state: 'FAILED',
  sequence: 2,
  error: { code: 'SIM_TERMINATED', message: 'no more' },
});

/** What a platform may say. */
const results = {
  'the SIM with the value': { kind: 'sim', sim: simOf('SUSPENDED'), answer: answer(200) },
  'the SIM without the value': { kind: 'sim', sim: simOf('ACTIVE', pendingOther), answer: answer(200) },
  'the SIM, ours pending': { kind: 'sim', sim: simOf('ACTIVE', pendingOurs), answer: answer(200) },
  'a request in progress': { kind: 'request', request: inProgress, answer: answer(202) },
  'a request that is DONE': { kind: 'request', request: done, answer: answer(200) },
  'a request that FAILED': { kind: 'request', request: failed, answer: answer(200) },
  'a refusal': { kind: 'refused', code: 'CHANGE_REFUSED', answer: answer(409) },
  'an unknown request': { kind: 'refused', code: 'REQUEST_NOT_FOUND', answer: answer(404) },
  busy: { kind: 'busy', answer: answer(429), retryAfterMs: null },
  unknown: { kind: 'unknown', answer: answer(504), retryAfterMs: null },
} satisfies Record<string, CallResult>;

type Row = [state: StoredState, result: keyof typeof results, idempotent: string, other: string];

/** What follows, on an idempotent platform and on another one; `?` marks what may have had effect. */
const table: Row[] = [
  ['QUEUED', 'the SIM with the value', 'DONE', 'DONE'],
  ['QUEUED', 'the SIM without the value', 'DONE', 'DONE'],
  ['QUEUED', 'the SIM, ours pending', 'DONE', 'DONE'],
  ['QUEUED', 'a request in progress', 'SENT P-7', 'SENT P-7'],
  ['QUEUED', 'a request that is DONE', 'DONE', 'DONE'],
  ['QUEUED', 'a request that FAILED', 'FAILED 409', 'FAILED 409'],
  ['QUEUED', 'a refusal', 'FAILED 409', 'FAILED 409'],
  ['QUEUED', 'an unknown request', 'FAILED 404', 'FAILED 404'],
  ['QUEUED', 'busy', 'QUEUED', 'QUEUED'],
  ['QUEUED', 'unknown', 'QUEUED?', 'CHECKING?'],
  ['CHECKING', 'the SIM with the value', 'DONE', 'DONE'],
  ['CHECKING', 'the SIM without the value', 'QUEUED', 'QUEUED'],
  ['CHECKING', 'the SIM, ours pending', 'SENT P-7', 'SENT P-7'],
  ['CHECKING', 'a request in progress', 'FAILED 504?', 'FAILED 504?'],
  ['CHECKING', 'a request that is DONE', 'FAILED 504?', 'FAILED 504?'],
  ['CHECKING', 'a request that FAILED', 'FAILED 504?', 'FAILED 504?'],
  ['CHECKING', 'a refusal', 'FAILED 409?', 'FAILED 409?'],
  ['CHECKING', 'an unknown request', 'FAILED 404?', 'FAILED 404?'],
  ['CHECKING', 'busy', 'CHECKING?', 'CHECKING?'],
  ['CHECKING', 'unknown', 'CHECKING?', 'CHECKING?'],
  ['SENT', 'the SIM with the value', 'SENT P-7', 'SENT P-7'],
  ['SENT', 'the SIM without the value', 'SENT P-7', 'SENT P-7'],
  ['SENT', 'the SIM, ours pending', 'SENT P-7', 'SENT P-7'],
  ['SENT', 'a request in progress', 'SENT P-7', 'SENT P-7'],
  ['SENT', 'a request that is DONE', 'DONE', 'DONE'],
  ['SENT', 'a request that FAILED', 'FAILED 409', 'FAILED 409'],
  ['SENT', 'a refusal', 'SENT P-7', 'SENT P-7'],
  ['SENT', 'an unknown request', 'CHECKING?', 'CHECKING?'],
  ['SENT', 'busy', 'SENT P-7', 'SENT P-7'],
  ['SENT', 'unknown', 'SENT P-7', 'SENT P-7'],
  ...(['DONE', 'FAILED'] as const).flatMap((state): Row[] => [
    [state, 'the SIM with the value', 'observed SUSPENDED', 'observed SUSPENDED'],
    [state, 'the SIM without the value', 'observed ACTIVE', 'observed ACTIVE'],
    [state, 'the SIM, ours pending', 'ask again', 'ask again'],
    [state, 'a request in progress', 'ask again', 'ask again'],
    [state, 'a request that is DONE', 'ask again', 'ask again'],
    [state, 'a request that FAILED', 'ask again', 'ask again'],
    [state, 'a refusal', 'ask again', 'ask again'],
    [state, 'an unknown request', 'ask again', 'ask again'],
    [state, 'busy', 'ask again', 'ask again'],
    [state, 'unknown', 'ask again', 'ask again'],
  ]),
];

function told(next: NextState): string {
  if ('settle' in next) return next.settle === 'again' ? 'ask again' : `observed ${next.sim.status}`;
  switch (next.state) {
    case 'DONE':
      return 'DONE';
    case 'SENT':
      return `SENT ${next.platformRequestId}`;
    case 'FAILED':
      return `FAILED ${next.statusCode}${next.uncertain ? '?' : ''}`;
    default:
      return `${next.state}${next.uncertain ? '?' : ''}`;
  }
}

const inState = (state: StoredState): ClaimedRequest =>
  claimed({
    state,
    uncertain: state === 'CHECKING',
    operationOpen: state !== 'DONE' && state !== 'FAILED',
    lastAnswer: state === 'CHECKING' ? { statusCode: 504, message: 'late' } : null,
    platformRequestId: state === 'SENT' || state === 'FAILED' ? 'P-7' : null,
  });

const after = (request: ClaimedRequest, result: CallResult, platform: Partial<Rules> = {}, random = 0.5): NextState =>
  decideStep(request, { ...rules, ...platform }, result, now, random).next;

describe('decideStep', () => {
  it('has a row for every state and result', () => {
    const rows = new Set(table.map(([state, result]) => `${state} ${result}`));
    expect(rows.size).toBe(5 * Object.keys(results).length);
  });

  it.each(table)('%s and %s: %s; where repeats are carried out %s', (state, result, idempotent, other) => {
    const request = inState(state);
    expect(told(after(request, results[result], { idempotent: true }))).toBe(idempotent);
    expect(told(after(request, results[result], { idempotent: false }))).toBe(other);
  });

  it('gives a request up after its last attempt, with what was said', () => {
    const last = claimed({ attempts: rules.attempts });
    const next = after(last, results.busy);
    expect(next).toEqual({ state: 'FAILED', statusCode: 429, message: 'HTTP 429', uncertain: false });
    expect(told(after({ ...inState('CHECKING'), attempts: rules.attempts }, results.unknown))).toBe('FAILED 504?');
  });

  it.each([true, false])(
    'looks once more before it gives up what may have been done (idempotent: %s)',
    (idempotent) => {
      const last = claimed({ attempts: rules.attempts });
      expect(told(after(last, results.unknown, { idempotent }))).toBe('CHECKING?');
      const noTime = { ...last, giveUpAt: new Date(now.getTime() + rules.requestTimeoutMs) };
      expect(told(after(noTime, results.unknown, { idempotent }))).toBe('FAILED 504?');
      const look = { ...inState('CHECKING'), attempts: rules.attempts + 1 };
      expect(told(after(look, results['the SIM with the value'], { idempotent }))).toBe('DONE');
      expect(told(after(look, results['the SIM without the value'], { idempotent }))).toBe('FAILED 504?');
      expect(told(after(look, results.busy, { idempotent }))).toBe('FAILED 429?');
    },
  );

  it('gives up at once when there is no time for another attempt', () => {
    const late = claimed({ giveUpAt: new Date(now.getTime() + 1000) });
    expect(told(after(late, { ...results.busy, retryAfterMs: 1000 }))).toBe('FAILED 429');
    expect(told(after(late, { ...results.busy, retryAfterMs: 700 }, {}, 0))).toBe('QUEUED');
  });

  it('fails with what the change was answered, and not the question, when the last look finds nothing done', () => {
    const last = { ...inState('CHECKING'), attempts: rules.attempts };
    const next = after(last, results['the SIM without the value']);
    expect(next).toEqual({ state: 'FAILED', statusCode: 504, message: 'late', uncertain: true });
  });

  it('keeps in mind that an earlier attempt may have had effect', () => {
    const uncertain = claimed({ uncertain: true });
    expect(told(after(uncertain, results['a refusal']))).toBe('FAILED 409?');
    expect(told(after(uncertain, results.busy))).toBe('QUEUED?');
  });

  it('knows custom properties in any order, and an account', () => {
    const blue = { name: 'Colour', value: 'Blue' };
    const large = { name: 'Size', value: 'L' };
    const sim = { ...simOf('ACTIVE'), account: 'A-2', customProperties: [large, blue] };
    const properties = (...given: object[]) => given.map((one) => Object.assign(new CustomProperty(), one));
    const seen: CallResult = { kind: 'sim', sim, answer: answer(200) };
    const check = (change: Parameters<typeof changeTo>[0]): string =>
      told(after({ ...inState('CHECKING'), change: changeTo(change) }, seen, { idempotent: false }));
    expect(check({ kind: 'custom-properties', customProperties: properties(blue, large) })).toBe('DONE');
    expect(check({ kind: 'custom-properties', customProperties: properties(blue) })).toBe('QUEUED');
    expect(check({ kind: 'account', account: 'A-2' })).toBe('DONE');
    expect(check({ kind: 'account', account: 'A-3' })).toBe('QUEUED');
  });
});

describe('the pauses', () => {
  const dueIn = (next: NextState): number => ('dueInMs' in next ? next.dueInMs : -1);

  it('double from attempt to attempt, with full jitter, and honour Retry-After up to a minute', () => {
    const giveUpAt = new Date(now.getTime() + 3_600_000);
    const pause = (attempts: number, random: number, retryAfterMs: number | null = null): number =>
      dueIn(after(claimed({ attempts, giveUpAt }), { ...results.busy, retryAfterMs }, { attempts: 99 }, random));
    expect([1, 2, 3].map((attempts) => pause(attempts, 0.5))).toEqual([250, 500, 1000]);
    expect(pause(1, 0)).toBe(0);
    expect(pause(40, 0.999)).toBeLessThan(30_000);
    expect(pause(1, 0, 7000)).toBe(7000);
    expect(pause(1, 0, 86_400_000)).toBe(60_000);
  });

  it('let a late platform come to its end before it is asked what it did', () => {
    const next = after(claimed(), results.unknown, { idempotent: false, requestTimeoutMs: 8000 }, 0);
    expect(next).toEqual({ state: 'CHECKING', dueInMs: 8000, uncertain: true });
  });

  it('wait for a callback, or ask soon and then less and less often', () => {
    const accepted = results['a request in progress'];
    expect(dueIn(after(claimed(), accepted, { results: 'callback' }))).toBe(rules.callbackGraceMs);
    expect(dueIn(after(claimed(), accepted, { results: 'polling' }))).toBe(rules.pollMs);
    const polls = [1, 2, 3, 50].map((attempts) => dueIn(after({ ...inState('SENT'), attempts }, accepted)));
    expect(polls).toEqual([1000, 1500, 2250, 30_000]);
    const asks = [1, 2, 3, 50].map((attempts) => dueIn(after({ ...inState('FAILED'), attempts }, results.unknown)));
    expect(asks).toEqual([1000, 2000, 4000, 600_000]);
  });
});

describe('decideCall', () => {
  const wanted = (request: ClaimedRequest): string => {
    const call = decideCall(request, now);
    return 'call' in call ? call.call : told(call.step.next);
  };

  it.each([
    ['QUEUED', 'change', 'FAILED 504', 'FAILED 504'],
    ['CHECKING', 'readSim', 'FAILED 504?', 'FAILED 504?'],
    ['SENT', 'readRequest', 'readRequest', 'FAILED 504?'],
    ['DONE', 'readSim', 'readSim', 'readSim'],
    ['FAILED', 'readSim', 'readSim', 'readSim'],
  ] as const)('%s: %s; past its time %s; without an open operation %s', (state, open, late, ended) => {
    const request = inState(state);
    expect(wanted(request)).toBe(open);
    expect(wanted({ ...request, giveUpAt: now })).toBe(late);
    expect(wanted({ ...request, operationOpen: false })).toBe(ended);
  });

  it('ends what is not sent with what the platform said last', () => {
    const lastAnswer = { statusCode: 503, message: 'down' };
    const call = decideCall(claimed({ operationOpen: false, lastAnswer, uncertain: true }), now);
    const next = { state: 'FAILED', ...lastAnswer, uncertain: true };
    expect(call).toEqual({ step: { operationId: claimed().operationId, answer: null, next } });
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ClaimedRequest, NextState } from '#libs/platforms';
import type { CallResult } from './call-result.js';
import { decideCall, decideStep, type Rules } from './decide-step.js';
import { acceptedRequest, answer, claimed, now, rules, simOf } from './testing/requests.js';

type Call = 'change' | 'readSim' | 'readRequest';

const ours = { requestId: 'P-7', reference: claimed().operationId, change: 'status', value: 'SUSPENDED' } as const;
const ended = { sequence: 2, error: { code: 'CHANGE_REFUSED', message: 'no' } };

const retryAfterMs = fc.option(fc.integer({ min: 0, max: 100_000 }));
const anyTrouble: fc.Arbitrary<CallResult> = fc.oneof(
  fc.record({ kind: fc.constant('busy' as const), answer: fc.constant(answer(429)), retryAfterMs }),
  fc.record({ kind: fc.constant('unknown' as const), answer: fc.constant(answer(504)), retryAfterMs }),
);
const accepted: CallResult = { kind: 'request', request: acceptedRequest({}), answer: answer(202) };
const refused = (code: string): CallResult => ({ kind: 'refused', code, answer: answer(409) });

/** What a platform may say to each call; trouble more often than in life. */
const answers: Record<Call, fc.Arbitrary<CallResult>> = {
  change: fc.oneof(
    { weight: 6, arbitrary: anyTrouble },
    { weight: 3, arbitrary: fc.constant(accepted) },
    fc.constantFrom<CallResult>(
      { kind: 'sim', sim: simOf('SUSPENDED'), answer: answer(200) },
      refused('CHANGE_REFUSED'),
    ),
  ),
  readSim: fc.oneof(
    { weight: 3, arbitrary: anyTrouble },
    fc.constantFrom<CallResult>(
      { kind: 'sim', sim: simOf('SUSPENDED'), answer: answer(200) },
      { kind: 'sim', sim: simOf('ACTIVE'), answer: answer(200) },
      { kind: 'sim', sim: simOf('ACTIVE', [ours]), answer: answer(200) },
      refused('SIM_NOT_FOUND'),
    ),
  ),
  readRequest: fc.oneof(
    { weight: 3, arbitrary: anyTrouble },
    { weight: 3, arbitrary: fc.constantFrom(accepted, refused('REQUEST_NOT_FOUND')) },
    fc.constantFrom<CallResult>(
      { kind: 'request', request: acceptedRequest({ state: 'FAILED', ...ended }), answer: answer(200) },
      refused('UNAUTHENTICATED'),
    ),
  ),
};

/** An answer to each call, whichever it turns out to be. */
type Draw = Record<Call, CallResult> & { random: number };

const draws: fc.Arbitrary<Draw> = fc.record({
  change: answers.change,
  readSim: answers.readSim,
  readRequest: answers.readRequest,
  random: fc.double({ min: 0, max: 0.999, noNaN: true }),
});

interface Run {
  calls: { call: Call; at: number; result: CallResult }[];
  next: NextState | undefined;
  acceptances: number;
}

const giveUpMs = 60_000;
const deadlineMs = 600_000;
const callMs = 20;

/** Claims and records as the loops do, until the request has ended. */
function run(platform: Rules, drawn: Draw[]): Run {
  const history: Run = { calls: [], next: undefined, acceptances: 0 };
  let request = claimed({ attempts: 0, giveUpAt: new Date(now.getTime() + giveUpMs) });
  let time = now.getTime();
  for (let index = 0; index < 2000; index += 1) {
    request = { ...request, attempts: request.attempts + 1, operationOpen: time < now.getTime() + deadlineMs };
    const at = new Date(time);
    const wanted = decideCall(request, at);
    const draw = drawn[index % drawn.length]!;
    const step = 'step' in wanted ? wanted.step : decideStep(request, platform, draw[wanted.call], at, draw.random);
    if ('call' in wanted) history.calls.push({ call: wanted.call, at: time, result: draw[wanted.call] });
    history.next = step.next;
    if ('settle' in step.next || step.next.state === 'DONE' || step.next.state === 'FAILED') return history;
    if (step.next.state === 'SENT' && request.state !== 'SENT') history.acceptances += 1;
    request = recorded(request, step.next);
    time += callMs + step.next.dueInMs;
  }
  return history;
}

function recorded(
  request: ClaimedRequest,
  next: Exclude<NextState, { settle: unknown } | { sim: unknown }>,
): ClaimedRequest {
  if (next.state === 'FAILED') return request;
  const isNew = next.state === 'SENT' && request.state !== 'SENT';
  return {
    ...request,
    state: next.state,
    ...(isNew && { attempts: 0 }),
    ...(next.state === 'SENT' ? { platformRequestId: next.platformRequestId } : { uncertain: next.uncertain }),
  };
}

describe('a request, whatever its platform answers', () => {
  const runs = fc.array(draws, { minLength: 1, maxLength: 60 });
  const platforms = fc.record({
    idempotent: fc.boolean(),
    results: fc.constantFrom('callback' as const, 'polling' as const),
    attempts: fc.integer({ min: 1, max: 8 }),
  });

  it('comes to an end, and is sent no more often than it may be, and no later', () => {
    fc.assert(
      fc.property(platforms, runs, (settings, drawn) => {
        const { calls, next, acceptances } = run({ ...rules, ...settings }, drawn);
        expect(next).toMatchObject({ state: expect.stringMatching(/^(DONE|FAILED)$/) });
        const sent = calls.filter(({ call }) => call === 'change');
        expect(sent.length).toBeLessThanOrEqual(settings.attempts * (acceptances + 1));
        for (const { at } of sent) expect(at).toBeLessThan(now.getTime() + giveUpMs);
      }),
    );
  });

  it('is not sent again without a question, where it may have been carried out and would be again', () => {
    fc.assert(
      fc.property(platforms, runs, (settings, drawn) => {
        const { calls } = run({ ...rules, ...settings, idempotent: false }, drawn);
        const mayHaveHadEffect = calls.flatMap(({ call, result }, index) =>
          call === 'change' && result.kind === 'unknown' ? [calls[index + 1]?.call] : [],
        );
        for (const following of mayHaveHadEffect) expect([undefined, 'readSim']).toContain(following);
        for (const [index, { call }] of calls.entries()) {
          const before = calls[index - 1];
          if (call !== 'change' || before?.call !== 'readSim') continue;
          expect(before.result).toMatchObject({ kind: 'sim', sim: { status: 'ACTIVE', pending: [] } });
        }
      }),
    );
  });

  it('is told as uncertain when it failed after an attempt that may have had effect', () => {
    fc.assert(
      fc.property(platforms, runs, (settings, drawn) => {
        const { calls, next } = run({ ...rules, ...settings, idempotent: true }, drawn);
        const wasUnknown = calls.some(({ call, result }) => call === 'change' && result.kind === 'unknown');
        const told = calls.some(({ call, result }) => call === 'readRequest' && result.kind === 'request');
        if (!wasUnknown || told || !next || 'settle' in next || next.state !== 'FAILED') return;
        const seen = calls.some(({ call, result }) => call === 'readSim' && result.kind === 'sim');
        expect(next.uncertain || seen).toBe(true);
      }),
    );
  });
});

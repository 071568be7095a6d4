import { describe, expect, it } from '@jest/globals';
import { wrongSetting, type Fault } from './fault.js';
import { planAcceptance, planCall, planRefusal, type Call } from './pick-faults.js';

const call: Call = { seed: 1, platform: 'TMSP', iccid: '89000000000000000001', operation: 'change', number: 1 };
const callsBack = { callsBack: true, tellsProgress: false };
let ids = 0;
const fault = (kind: Fault['kind'], settings: Partial<Fault> = {}): Fault => ({
  id: (ids += 1),
  platform: 'TMSP',
  kind,
  afterEffect: false,
  probability: 1,
  hits: 0,
  ...settings,
});

describe('faults of a call', () => {
  it('befall their platform, SIM and operations only', () => {
    const faults = [
      fault('RESET', { platform: 'STC' }),
      fault('RESET', { iccid: '89000000000000000002' }),
      fault('RESET', { on: ['read', 'poll'] }),
    ];
    expect(planCall(faults, call)).toEqual({ delayBeforeMs: 0, delayAfterMs: 0 });
    expect(planCall(faults, { ...call, operation: 'poll' }).before).toBe(faults[2]);
  });

  it('befall as many requests as their count says', () => {
    const faults = [fault('RESET', { count: 2 }), fault('TIME_OUT')];
    const kinds = [1, 2, 3].map((number) => planCall(faults, { ...call, number }).before?.kind);
    expect(kinds).toEqual(['RESET', 'RESET', 'TIME_OUT']);
    expect(faults.map(({ hits }) => hits)).toEqual([2, 1]);
  });

  it('befall a share of requests that the seed chooses, in whatever order they come', () => {
    const numbers = Array.from({ length: 1000 }, (_, index) => index + 1);
    const befallen = (seed: number, order: number[]) => {
      const one = fault('RESET', { id: 1, probability: 0.3 });
      return order.filter((number) => planCall([one], { ...call, seed, number }).before).sort((a, b) => a - b);
    };
    const chosen = befallen(1, numbers);
    expect(chosen.length).toBeGreaterThan(250);
    expect(chosen.length).toBeLessThan(350);
    expect(befallen(1, [...numbers].reverse())).toEqual(chosen);
    expect(befallen(2, numbers)).not.toEqual(chosen);
  });

  it('add delays up; of others the eldest befalls, one before the effect first', () => {
    const faults = [
      fault('DELAY', { delayMs: 10 }),
      fault('DELAY', { delayMs: 20 }),
      fault('DELAY', { delayMs: 40, afterEffect: true }),
      fault('MALFORMED_BODY', { afterEffect: true }),
    ];
    expect(planCall(faults, call)).toEqual({ delayBeforeMs: 30, delayAfterMs: 40, after: faults[3] });
    const earlier = fault('SERVER_ERROR');
    expect(planCall([...faults, earlier], call)).toEqual({ delayBeforeMs: 30, delayAfterMs: 0, before: earlier });
    expect(faults.map(({ hits }) => hits)).toEqual([2, 2, 1, 1]);
  });
});

describe('faults of a change', () => {
  it('refuse it', () => {
    const faults = [fault('REFUSE', { count: 1 })];
    expect([planRefusal(faults, call), planRefusal(faults, call)]).toEqual([true, false]);
    expect(planAcceptance([fault('REFUSE')], call, callsBack)).toMatchObject({ end: 'refused', then: ['end'] });
  });

  it('let it never end, without a callback', () => {
    const faults = [fault('STUCK'), fault('CALLBACK_DUPLICATE')];
    expect(planAcceptance(faults, call, callsBack)).toMatchObject({ end: 'never', first: [], then: [] });
    expect(faults.map(({ hits }) => hits)).toEqual([1, 0]);
  });
});

describe('callbacks', () => {
  it.each([
    ['as they should be', [], { first: ['progress'], then: ['end'] }],
    ['never', [fault('CALLBACK_NEVER')], { first: [], then: [] }],
    ['often', [fault('CALLBACK_DUPLICATE', { copies: 2 })], { first: ['progress'], then: ['end', 'end', 'end'] }],
    ['out of order', [fault('CALLBACK_OUT_OF_ORDER')], { first: [], then: ['end', 'progress'] }],
    ['early', [fault('CALLBACK_EARLY')], { first: ['progress'], then: ['end'], early: true }],
    ['late', [fault('CALLBACK_DELAY', { delayMs: 70 })], { first: ['progress'], then: ['end'], delayMs: 70 }],
  ])('come %s', (_, faults, plan) => {
    expect(planAcceptance(faults, call, { callsBack: true, tellsProgress: true })).toEqual({
      end: 'done',
      delayMs: 0,
      early: false,
      ...plan,
    });
  });

  it('come from no platform that is polled, whose faults of callbacks stay for others', () => {
    const faults = [fault('CALLBACK_DUPLICATE')];
    expect(planAcceptance(faults, call, { callsBack: false, tellsProgress: true })).toMatchObject({ then: [] });
    expect(faults[0]?.hits).toBe(0);
  });
});

describe('settings of a fault', () => {
  it.each([
    [{ kind: 'DELAY', delayMs: 1, on: ['read'], afterEffect: true }, undefined],
    [{ kind: 'DELAY' }, 'delayMs'],
    [{ kind: 'CALLBACK_DELAY' }, 'delayMs'],
    [{ kind: 'RESET', status: 503 }, 'status'],
    [{ kind: 'RATE_LIMIT', afterEffect: true }, 'afterEffect'],
    [{ kind: 'CALLBACK_NEVER', copies: 2 }, 'copies'],
  ] as [Partial<Fault> & Pick<Fault, 'kind'>, string | undefined][])('of %j: %s', (settings, field) => {
    expect(wrongSetting(settings)?.field).toBe(field);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { simStatuses, subscriberStates, type CommandData, type SimStatus, type SubscriberState } from '#libs/contracts';
import { mayGo, simStatusOf, stateOfSim, subscriberByExternalId, type InventoryView } from '#libs/inventory';
import {
  acme,
  codeOf,
  command,
  globex,
  simRow,
  subscriberId,
  subscriberRow,
  VersionLedger,
  viewOf,
  viewTime,
} from '#libs/testing';
import type { Decision } from '#libs/transactions';
import { decideResetActivationTime } from '../activation-time/decide-reset-activation-time.js';
import { decideCreateSubscriber } from '../create/decide-create-subscriber.js';
import { decideStatus } from '../status/decide-status.js';
import { routingOf } from '../testing/routing.js';
import { decideSimStatus } from './decide-sim-status.js';

type StatusData = CommandData<'ChangeSimStatus'>;

const iccid = '89014103211118510720';
const subscriber = { externalId: 'SUB-1' };

function fleet(state: SubscriberState = 'Active', status: SimStatus = simStatusOf[state]) {
  const one = subscriberRow('SUB-1', { state, version: 3 });
  const bare = subscriberRow('BARE');
  return viewOf({ subscribers: [one, bare], sims: [simRow(one, iccid, { status, version: 8 })] });
}

const decide = (data: StatusData, view = fleet(), actor = acme) =>
  decideSimStatus(view, command('ChangeSimStatus', data, actor), routingOf());

describe('a change of a SIM’s status', () => {
  it('changes the SIM, and the subscriber with it', () => {
    expect(decide({ subscriber, status: 'SUSPENDED' })).toMatchObject({
      occurredAt: viewTime,
      changes: [
        {
          entityType: 'SIM',
          entityId: iccid,
          version: 9,
          before: { status: 'ACTIVE' },
          after: { status: 'SUSPENDED' },
        },
        {
          ...{ entityType: 'Subscriber', entityId: subscriberId('SUB-1'), version: 4 },
          ...{ before: { state: 'Active' }, after: { state: 'Suspended' } },
        },
      ],
    });
  });

  it.each<[SimStatus, SimStatus[], string | undefined]>([
    ['ACTIVE', ['SUSPENDED'], undefined],
    ['ACTIVE', ['INACTIVE'], 'SIM_STATUS_TRANSITION'],
    ['SUSPENDED', ['ACTIVE', 'INACTIVE'], 'SIM_STATUS_UNCHANGED'],
    ['TERMINATED', [], 'SIM_STATUS_TRANSITION'],
  ])('to %s of a SUSPENDED SIM, meant for %j, ends with %s', (status, from, code) => {
    const decision = decide({ subscriber, status, from }, fleet('Suspended'));
    expect(codeOf(decision)).toBe(code);
  });

  it('leaves a subscriber that is in the state already', () => {
    const view = fleet('Active', 'INACTIVE');
    const decision = decide({ subscriber: { identifier: { type: 'ICCID', value: iccid } }, status: 'ACTIVE' }, view);
    expect(decision).toMatchObject({ changes: [{ entityType: 'SIM', after: { status: 'ACTIVE' } }] });
    expect(decision).toHaveProperty('changes.length', 1);
  });

  it('follows the one before it in the batch', () => {
    const view = fleet();
    decide({ subscriber, status: 'SUSPENDED' }, view);
    expect(decide({ subscriber, status: 'TERMINATED' }, view)).toMatchObject({
      changes: [{ version: 10 }, { version: 5, after: { state: 'Deactivated' } }],
    });
    expect(codeOf(decide({ subscriber, status: 'ACTIVE' }, view))).toBe('SUBSCRIBER_STATE_TRANSITION');
  });

  it.each<[string, string, StatusData]>([
    ['SUBSCRIBER_REQUIRED', 'subscriber', { status: 'ACTIVE' }],
    ['SIM_STATUS_REQUIRED', 'status', { subscriber: { externalId: 'nobody' } }],
    ['SUBSCRIBER_NOT_FOUND', 'subscriber', { subscriber: { externalId: 'nobody' }, status: 'ACTIVE' }],
    ['SIM_NOT_FOUND', 'subscriber', { subscriber: { externalId: 'BARE' }, status: 'ACTIVE' }],
    ['SIM_STATUS_UNCHANGED', 'status', { subscriber, status: 'ACTIVE' }],
  ])('is refused with %s for its %s, without a trace', (code, field, data) => {
    const view = fleet();
    expect(decide(data, view)).toMatchObject({ error: { code, details: { field } } });
    expect([view.subscribers, view.sims]).toEqual([view.loaded.subscribers, view.loaded.sims]);
  });

  it('is refused to another tenant as if the subscriber did not exist, and while another operation holds it', () => {
    const data: StatusData = { subscriber: { refId: subscriberId('SUB-1') }, status: 'INACTIVE' };
    expect(codeOf(decide(data, fleet(), globex))).toBe('SUBSCRIBER_NOT_FOUND');
    const locked = { ...fleet(), locks: new Map([[`Subscriber ${subscriberId('SUB-1')}`, 'other']]) };
    expect(decide(data, locked)).toMatchObject({ error: { code: 'LOCKED', details: { operationId: 'other' } } });
  });
});

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('sim' as const), status: fc.constantFrom(...simStatuses) }),
    fc.record({ kind: fc.constant('subscriber' as const), state: fc.constantFrom(...subscriberStates) }),
    fc.record({ kind: fc.constant('reset' as const) }),
  ),
  { minLength: 1, maxLength: 30 },
);
type Step = (typeof steps extends fc.Arbitrary<infer Steps extends unknown[]> ? Steps : never)[number];

/** The whole of the rules: the SIM, its subscriber, and at which step the SIM became ACTIVE first. */
class CardModel {
  firstActivation: number | null;

  constructor(
    public state: SubscriberState,
    public status: SimStatus,
  ) {
    this.firstActivation = status === 'ACTIVE' ? 0 : null;
  }

  apply(step: Step, now: number): string | undefined {
    if (step.kind === 'reset') {
      this.firstActivation = null;
      return undefined;
    }
    const status = step.kind === 'sim' ? step.status : simStatusOf[step.state];
    const state = step.kind === 'sim' ? stateOfSim[step.status] : step.state;
    if (step.kind === 'sim' && status === this.status) return 'SIM_STATUS_UNCHANGED';
    const stays = step.kind === 'sim' && state === this.state;
    if (!stays && !mayGo(this.state, state)) return 'SUBSCRIBER_STATE_TRANSITION';
    if (status === 'ACTIVE' && this.status !== 'ACTIVE') this.firstActivation ??= now;
    [this.state, this.status] = [state, status];
    return undefined;
  }
}

function decideStep(view: InventoryView, step: Step): Decision {
  const data = { requestId: 'r', subscriber };
  if (step.kind === 'sim') return decide({ ...data, status: step.status }, view);
  if (step.kind === 'reset') return decideResetActivationTime(view, command('ResetActivationTime', data));
  return decideStatus(view, command('ChangeSubscriberStatus', { ...data, state: step.state }), routingOf());
}

const timeOf = (step: number | null): Date | null =>
  step === null ? null : new Date(viewTime.getTime() + step * 1000);

describe('any commands on a SIM and its subscriber in any order', () => {
  it('are answered as the model answers them, and leave its states, its first activation and gapless versions', () => {
    const seen = new Set<string | undefined>();
    const start = fc.record({ state: fc.constantFrom(...subscriberStates), status: fc.constantFrom(...simStatuses) });
    const property = fc.property(start, steps, ({ state, status }, sequence) => {
      const [view, model, ledger] = [viewOf({}), new CardModel(state, status), new VersionLedger()];
      const card = { ...subscriber, requestId: 'r', accountId: 'ACME-TT', state, sim: { iccid, status } };
      ledger.add(decideCreateSubscriber(view, command('CreateSubscriber', card), routingOf().platforms));
      for (const [index, step] of sequence.entries()) {
        view.now = timeOf(index + 1) ?? viewTime;
        const decision = decideStep(view, step);
        expect(codeOf(decision)).toBe(model.apply(step, index + 1));
        expect(ledger.add(decision)).toEqual([]);
        seen.add(codeOf(decision));
        expect(subscriberByExternalId(view, 'ACME', 'SUB-1')?.state).toBe(model.state);
        const firstActivatedAt = timeOf(model.firstActivation);
        expect(view.sims.get(iccid)).toMatchObject({ status: model.status, firstActivatedAt });
      }
    });
    fc.assert(property, { numRuns: 300 });
    expect([...seen].sort()).toEqual(['SIM_STATUS_UNCHANGED', 'SUBSCRIBER_STATE_TRANSITION', undefined]);
  });
});

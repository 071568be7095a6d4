import { describe, expect, it } from '@jest/globals';
import { simStatuses, subscriberStates, type CommandData } from '#libs/contracts';
import { mayGo, simStatusOf, stateOfSim, type Sim, type Subscriber } from '#libs/inventory';
import { command, globex, simRow, subscriberId, subscriberRow, viewOf, viewTime, acme } from '#libs/testing';
import { decidePlatformResponse } from './decide-platform-response.js';

type Data = CommandData<'RecordPlatformResponse'>;

const iccid = '89014103211118510720';
const blue = [{ name: 'colour', value: 'Blue' }];

function fleet(card: Partial<Sim> = {}, row: Partial<Subscriber> = {}) {
  const one = subscriberRow('SUB-1', row);
  return viewOf({ subscribers: [one], sims: [simRow(one, iccid, card)] });
}

function decide(data: Partial<Data>, view = fleet(), actor = acme) {
  const change = { kind: 'status', status: 'SUSPENDED' } as const;
  const done = { platform: 'JASPER', iccid, subscriberId: subscriberId('SUB-1'), change, state: 'DONE' } as const;
  const answer = { ...done, statusCode: 200, message: '', ...data };
  return decidePlatformResponse(view, command('RecordPlatformResponse', answer, actor));
}

describe('a platform’s answer', () => {
  it('gives SIM and subscriber what was asked for, where it says nothing else', () => {
    expect(decide({})).toMatchObject({
      ...{ status: 'COMPLETED', occurredAt: viewTime },
      changes: [
        { entityType: 'SIM', after: { status: 'SUSPENDED' } },
        { entityType: 'Subscriber', after: { state: 'Suspended' } },
      ],
    });
  });

  it('is followed in each state as far as states allow', () => {
    for (const state of subscriberStates) {
      for (const status of simStatuses) {
        const view = fleet({ status: simStatusOf[state] }, { state });
        const decision = decide({ sim: { status, customProperties: [] } }, view);
        const follows = stateOfSim[status];
        if (state === follows) expect(decision).toMatchObject({ status: 'COMPLETED', changes: [] });
        else if (mayGo(state, follows)) expect(decision).toHaveProperty('changes.length', 2);
        else expect(decision).toMatchObject({ status: 'FAILED', error: { code: 'PLATFORM_STATE_CONFLICT' } });
      }
    }
  });

  it('that it FAILED is passed on', () => {
    const view = fleet();
    expect(decide({ state: 'FAILED', statusCode: 504, message: 'No answer in time.' }, view)).toMatchObject({
      status: 'FAILED',
      error: {
        code: 'PLATFORM_FAILED',
        details: { platform: 'JASPER', statusCode: 504, message: 'No answer in time.' },
      },
    });
    expect(view.sims).toEqual(view.loaded.sims);
  });

  it('gives custom properties and accounts, where they are not there already', () => {
    const view = fleet();
    const change = { kind: 'custom-properties', customProperties: blue } as const;
    expect(decide({ change }, view)).toMatchObject({ changes: [{ after: { customProperties: blue } }] });
    expect(decide({ change }, view)).toMatchObject({ status: 'COMPLETED', changes: [] });
    const transfer = { kind: 'account', account: 'ACME-JM' } as const;
    expect(decide({ change: transfer }, view)).toMatchObject({
      changes: [{ entityType: 'SIM', accountId: 'ACME-JM' }, { after: { accountId: 'ACME-JM' } }],
    });
    expect(decide({ change: transfer }, view)).toMatchObject({ status: 'COMPLETED', changes: [] });
  });

  it.each<[string, Partial<Data>]>([
    ['a SIM that nobody has', { iccid: '1' }],
    ['an account of another tenant', { change: { kind: 'account', account: 'GLOBEX' } }],
    ['an account that there is not', { change: { kind: 'account', account: 'nowhere' } }],
    ['a status that is not said', { change: { kind: 'status' } }],
    ['custom properties that are not said', { change: { kind: 'custom-properties' } }],
  ])('on %s is a conflict', (_, data) => {
    expect(decide(data)).toMatchObject({ status: 'FAILED', error: { code: 'PLATFORM_STATE_CONFLICT' } });
  });

  it('on another tenant’s SIM is a conflict', () => {
    expect(decide({}, fleet(), globex)).toMatchObject({ error: { code: 'PLATFORM_STATE_CONFLICT' } });
  });
});

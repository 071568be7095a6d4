import { describe, expect, it } from '@jest/globals';
import type { CommandData } from '#libs/contracts';
import type { Sim } from '#libs/inventory';
import { acme, codeOf, command, globex, simRow, subscriberId, subscriberRow, viewOf } from '#libs/testing';
import { deadline, routingOf } from '../testing/routing.js';
import { decideTransfer } from './decide-transfer.js';

type Data = CommandData<'TransferSim'>;

const iccid = '89014103211118510720';
const subscriber = { externalId: 'SUB-1' };
const accountId = 'ACME-JM';

function fleet(card: Partial<Sim> = {}) {
  const one = subscriberRow('SUB-1', { version: 3 });
  return viewOf({ subscribers: [one, subscriberRow('BARE')], sims: [simRow(one, iccid, { version: 8, ...card })] });
}

const decide = (data: Data, view = fleet(), routing = routingOf(), actor = acme) =>
  decideTransfer(view, command('TransferSim', data, actor), routing);

describe('a transfer', () => {
  it('moves the SIM and its subscriber to the other account', () => {
    const view = fleet();
    expect(decide({ subscriber, accountId }, view)).toMatchObject({
      status: 'COMPLETED',
      changes: [
        { entityType: 'SIM', entityId: iccid, accountId, version: 9 },
        {
          ...{ entityType: 'Subscriber', accountId, version: 4 },
          ...{ before: { accountId: 'ACME-TT' }, after: { accountId, externalId: 'SUB-1' } },
        },
      ],
    });
    expect(view.subscribers.get(subscriberId('SUB-1'))).toMatchObject({ accountId, accountPath: ['ACME', 'ACME-JM'] });
    expect(codeOf(decide({ subscriber, accountId }, view))).toBe('ACCOUNT_UNCHANGED');
  });

  it('is the platform’s to make where it is connected, and nothing is changed yet', () => {
    const view = fleet();
    const decision = decide({ subscriber, accountId }, view, routingOf('JASPER'));
    expect(decision).toMatchObject({ status: 'ACCEPTED', deadline });
    const [message] = decision.status === 'ACCEPTED' ? (decision.messages ?? []) : [];
    expect(JSON.parse(message?.payload ?? '')).toMatchObject({
      iccid,
      change: { kind: 'account', account: accountId },
    });
    expect([view.subscribers, view.sims]).toEqual([view.loaded.subscribers, view.loaded.sims]);
  });

  it.each<[string, Partial<Sim>]>([
    ['a platform that offers none', { platform: 'TMUS' }],
    ['a platform that is not configured', { platform: 'GONE' }],
    ['no platform', { platform: null }],
  ])('is refused with %s', (_, card) => {
    const { platforms } = routingOf('TMUS');
    for (const routing of [routingOf(), { platforms, deadline }]) {
      expect(codeOf(decide({ subscriber, accountId }, fleet(card), routing))).toBe('PLATFORM_CHANGE_NOT_OFFERED');
    }
  });

  it.each<[string, string, Data]>([
    ['SUBSCRIBER_REQUIRED', 'subscriber', { accountId }],
    ['ACCOUNT_REQUIRED', 'accountId', { subscriber }],
    ['SUBSCRIBER_NOT_FOUND', 'subscriber', { subscriber: { externalId: 'nobody' }, accountId }],
    ['SIM_NOT_FOUND', 'subscriber', { subscriber: { externalId: 'BARE' }, accountId }],
    ['ACCOUNT_NOT_FOUND', 'accountId', { subscriber, accountId: 'GLOBEX' }],
    ['ACCOUNT_NOT_FOUND', 'accountId', { subscriber, accountId: 'nowhere' }],
    ['ACCOUNT_UNCHANGED', 'accountId', { subscriber, accountId: 'ACME-TT' }],
  ])('is refused with %s for its %s, without a trace', (code, field, data) => {
    const view = fleet();
    expect(decide(data, view)).toMatchObject({ error: { code, details: { field } } });
    expect([view.subscribers, view.sims]).toEqual([view.loaded.subscribers, view.loaded.sims]);
  });

  it('is refused out of the caller’s tree, of a Deactivated subscriber, and while another operation holds it', () => {
    const inside = { ...acme, accountId: 'ACME-TT' };
    expect(codeOf(decide({ subscriber, accountId }, fleet(), routingOf(), inside))).toBe('ACCOUNT_NOT_FOUND');
    expect(codeOf(decide({ subscriber, accountId }, fleet(), routingOf(), globex))).toBe('SUBSCRIBER_NOT_FOUND');
    const gone = subscriberRow('SUB-1', { state: 'Deactivated' });
    const view = viewOf({ subscribers: [gone], sims: [simRow(gone, iccid, { status: 'TERMINATED' })] });
    expect(codeOf(decide({ subscriber, accountId }, view))).toBe('SUBSCRIBER_DEACTIVATED');
    const locked = { ...fleet(), locks: new Map([[`Subscriber ${subscriberId('SUB-1')}`, 'other']]) };
    expect(codeOf(decide({ subscriber, accountId }, locked))).toBe('LOCKED');
  });
});

import { describe, expect, it } from '@jest/globals';
import type { CommandData } from '#libs/contracts';
import { acme, codeOf, command, globex, simRow, subscriberId, subscriberRow, viewOf, viewTime } from '#libs/testing';
import { decideResetActivationTime } from './decide-reset-activation-time.js';

type ResetData = CommandData<'ResetActivationTime'>;

const iccid = '89014103211118510720';
const subscriber = { identifier: { type: 'ICCID', value: iccid } };

function fleet() {
  const [one, bare] = [subscriberRow('SUB-1'), subscriberRow('BARE')];
  const firstActivatedAt = new Date('2026-01-01T00:00:00Z');
  return viewOf({ subscribers: [one, bare], sims: [simRow(one, iccid, { version: 4, firstActivatedAt })] });
}

const decide = (data: ResetData, view = fleet(), actor = acme) =>
  decideResetActivationTime(view, command('ResetActivationTime', data, actor));

describe('a reset of the first activation', () => {
  it('forgets it, and changes nothing else of the SIM', () => {
    expect(decide({ subscriber })).toMatchObject({
      occurredAt: viewTime,
      changes: [
        {
          ...{ entityType: 'SIM', entityId: iccid, version: 5, operation: 'UPDATED' },
          before: { status: 'ACTIVE', firstActivatedAt: '2026-01-01T00:00:00.000Z' },
          after: { status: 'ACTIVE', firstActivatedAt: null },
        },
      ],
    });
  });

  it('is completed without a change where there is none', () => {
    const view = fleet();
    decide({ subscriber }, view);
    expect(decide({ subscriber }, view)).toEqual({ status: 'COMPLETED', occurredAt: viewTime, changes: [] });
  });

  it.each<[string, ResetData]>([
    ['SUBSCRIBER_REQUIRED', {}],
    ['SUBSCRIBER_REQUIRED', { subscriber: { externalId: '' } }],
    ['SUBSCRIBER_NOT_FOUND', { subscriber: { externalId: 'nobody' } }],
    ['SIM_NOT_FOUND', { subscriber: { externalId: 'BARE' } }],
  ])('is refused with %s', (code, data) => {
    expect(decide(data)).toMatchObject({ error: { code, details: { field: 'subscriber' } } });
  });

  it('is refused to others than its tenant and those above its account, and while another operation holds it', () => {
    expect(codeOf(decide({ subscriber }, fleet(), globex))).toBe('SUBSCRIBER_NOT_FOUND');
    expect(codeOf(decide({ subscriber }, fleet(), { ...acme, accountId: 'ACME-JM' }))).toBe('SUBSCRIBER_NOT_FOUND');
    const locked = { ...fleet(), locks: new Map([[`Subscriber ${subscriberId('SUB-1')}`, 'other']]) };
    expect(decide({ subscriber }, locked)).toMatchObject({
      error: { code: 'LOCKED', details: { operationId: 'other' } },
    });
  });
});

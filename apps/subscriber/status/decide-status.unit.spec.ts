import { describe, expect, it } from '@jest/globals';
import { subscriberStates, type CommandData, type SubscriberState } from '#libs/contracts';
import { command, globex, simRow, subscriberId, subscriberRow, viewOf, viewTime } from '#libs/testing';
import { routingOf } from '../testing/routing.js';
import { decideStatus } from './decide-status.js';

type StatusData = CommandData<'ChangeSubscriberStatus'>;

const iccid = '89014103211118510720';
const subscriber = { externalId: 'SUB-1' };

function fleet(state: SubscriberState = 'Active') {
  const one = subscriberRow('SUB-1', { state, version: 3 });
  return viewOf({ subscribers: [one], sims: [simRow(one, iccid, { version: 8 })] });
}

const decide = (data: StatusData, view = fleet()) =>
  decideStatus(view, command('ChangeSubscriberStatus', data), routingOf());

describe('a change of state', () => {
  it('changes the subscriber, then its SIM', () => {
    expect(decide({ requestId: 'r-1', subscriber, state: 'Suspended' })).toMatchObject({
      occurredAt: viewTime,
      changes: [
        {
          entityType: 'Subscriber',
          version: 4,
          operation: 'UPDATED',
          before: { state: 'Active' },
          after: { id: subscriberId('SUB-1'), state: 'Suspended', platform: 'JASPER' },
        },
        {
          entityType: 'SIM',
          entityId: iccid,
          aggregateId: iccid,
          version: 9,
          before: { status: 'ACTIVE' },
          after: { status: 'SUSPENDED', subscriberId: subscriberId('SUB-1') },
        },
      ],
    });
  });

  it('leaves a SIM that has the status already', () => {
    const view = fleet('Inactive');
    expect(decide({ requestId: 'r-1', subscriber, state: 'Active' }, view)).toMatchObject({
      changes: [{ entityType: 'Subscriber', version: 4 }],
    });
  });

  it('notes when the SIM becomes ACTIVE for the first time, and only then', () => {
    const one = subscriberRow('SUB-1', { state: 'Inactive' });
    const view = viewOf({
      subscribers: [one],
      sims: [simRow(one, iccid, { status: 'INACTIVE', firstActivatedAt: null })],
    });
    const activate: StatusData = { requestId: 'r-1', subscriber, state: 'Active' };
    const firstActivatedAt = viewTime.toISOString();
    expect(decide(activate, view)).toMatchObject({
      changes: [{}, { before: { firstActivatedAt: null }, after: { status: 'ACTIVE', firstActivatedAt } }],
    });
    decide({ requestId: 'r-2', subscriber, state: 'Suspended' }, view);
    view.now = new Date(viewTime.getTime() + 1000);
    expect(decide(activate, view)).toMatchObject({ changes: [{}, { after: { status: 'ACTIVE', firstActivatedAt } }] });
  });

  it('finds the subscriber by its SIM', () => {
    const bySim = { identifier: { type: 'ICCID', value: iccid } };
    expect(decide({ requestId: 'r-1', subscriber: bySim, state: 'Inactive' }).status).toBe('COMPLETED');
  });

  it('follows the one before it in the batch', () => {
    const view = fleet();
    decide({ requestId: 'r-1', subscriber, state: 'Suspended' }, view);
    expect(decide({ requestId: 'r-2', subscriber, state: 'Deactivated' }, view)).toMatchObject({
      changes: [{ version: 5 }, { version: 10, after: { status: 'TERMINATED' } }],
    });
  });

  it('is possible between all states but the same, until Deactivated', () => {
    const allowed = subscriberStates.flatMap((from) =>
      subscriberStates
        .filter((to) => decide({ requestId: 'r-1', subscriber, state: to }, fleet(from)).status === 'COMPLETED')
        .map((to) => `${from} → ${to}`),
    );
    expect(allowed).toEqual([
      'Active → Suspended',
      'Active → Inactive',
      'Active → Deactivated',
      'Suspended → Active',
      'Suspended → Inactive',
      'Suspended → Deactivated',
      'Inactive → Active',
      'Inactive → Suspended',
      'Inactive → Deactivated',
    ]);
  });

  it.each<[string, StatusData]>([
    ['REQUEST_ID_REQUIRED', {}],
    ['SUBSCRIBER_REQUIRED', { requestId: 'r-1' }],
    ['SUBSCRIBER_STATE_REQUIRED', { requestId: 'r-1', subscriber: { externalId: 'nobody' } }],
    ['SUBSCRIBER_NOT_FOUND', { requestId: 'r-1', subscriber: { externalId: 'nobody' }, state: 'Active' }],
    ['SUBSCRIBER_STATE_TRANSITION', { requestId: 'r-1', subscriber, state: 'Active' }],
  ])('is refused with %s', (code, data) => {
    expect(decide(data)).toMatchObject({ status: 'REJECTED', error: { code } });
  });

  it('is refused to another tenant as if the subscriber did not exist', () => {
    const data: StatusData = { requestId: 'r-1', subscriber: { refId: subscriberId('SUB-1') }, state: 'Inactive' };
    expect(decideStatus(fleet(), command('ChangeSubscriberStatus', data, globex), routingOf())).toMatchObject({
      error: { code: 'SUBSCRIBER_NOT_FOUND' },
    });
  });

  it.each(['SUB-1'])('is refused while another operation holds %s, and done by the one that holds it', (name) => {
    const asked = command('ChangeSubscriberStatus', { requestId: 'r-1', subscriber, state: 'Suspended' as const });
    const heldBy = (operationId: string) => ({
      ...fleet(),
      locks: new Map([[`Subscriber ${subscriberId(name)}`, operationId]]),
    });
    expect(decideStatus(heldBy('other'), asked, routingOf())).toMatchObject({
      status: 'REJECTED',
      error: { code: 'LOCKED', details: { operationId: 'other' } },
    });
    expect(decideStatus(heldBy(asked.operationId), asked, routingOf()).status).toBe('COMPLETED');
  });
});

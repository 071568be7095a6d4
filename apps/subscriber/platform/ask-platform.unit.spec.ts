import { describe, expect, it } from '@jest/globals';
import type { Sim, Subscriber } from '#libs/inventory';
import { codeOf, command, simRow, subscriberId, subscriberRow, viewOf } from '#libs/testing';
import type { Decision } from '#libs/transactions';
import { decideSimStatus } from '../sim-status/decide-sim-status.js';
import { decideStatus } from '../status/decide-status.js';
import { deadline, routingOf } from '../testing/routing.js';

const iccid = '89014103211118510720';
const subscriber = { externalId: 'SUB-1' };

function fleet(card: Partial<Sim> = {}, row: Partial<Subscriber> = {}) {
  const one = subscriberRow('SUB-1', row);
  return viewOf({ subscribers: [one], sims: [simRow(one, iccid, card)] });
}

const suspend = () =>
  command('ChangeSimStatus', { requestId: 'r', transactionId: 't', subscriber, status: 'SUSPENDED' });
const suspended = { kind: 'status', status: 'SUSPENDED' };
const messageOf = (decision: Decision) => (decision.status === 'ACCEPTED' ? decision.messages?.[0] : undefined);
const requestOf = (decision: Decision): unknown => JSON.parse(messageOf(decision)?.payload ?? 'null');

describe('a change of status of a SIM on a connected platform', () => {
  it('is begun and asked of the platform, in the name of the operation', () => {
    const [view, asked] = [fleet(), suspend()];
    const decision = decideSimStatus(view, asked, routingOf('JASPER'));
    expect(decision).toMatchObject({ status: 'ACCEPTED', deadline });
    expect(messageOf(decision)).toMatchObject({
      ...{ lane: 'stream', topic: 'simyard.platform-requests.v1', key: `JASPER:${iccid}`, id: asked.operationId },
      headers: {
        ...{ ce_id: asked.operationId, ce_type: 'simyard.PlatformRequest.v1', ce_source: '/simyard/subscriber' },
        ...{ ce_tenant: 'ACME', ce_actor: 'acme-crm', ce_causationid: asked.envelope.id },
      },
    });
    expect(requestOf(decision)).toEqual({
      ...{ requestId: 'r', transactionId: 't', platform: 'JASPER', iccid, subscriberId: subscriberId('SUB-1') },
      change: suspended,
    });
    expect([view.subscribers, view.sims]).toEqual([view.loaded.subscribers, view.loaded.sims]);
  });

  it('goes by the lane of its caller', () => {
    const asked = { ...suspend(), lane: 'interactive' as const };
    expect(messageOf(decideSimStatus(fleet(), asked, routingOf('JASPER')))).toMatchObject({
      ...{ lane: 'subscriber', topic: 'simyard.platform-requests.interactive.v1' },
    });
  });

  it('holds the subscriber, so that the next command of the batch is refused', () => {
    const [view, routing, first] = [fleet(), routingOf('JASPER'), suspend()];
    decideSimStatus(view, first, routing);
    expect(decideSimStatus(view, suspend(), routing)).toMatchObject({
      error: { code: 'LOCKED', details: { operationId: first.operationId } },
    });
  });

  it('is asked for by the subscriber’s state too, where the SIM has to change', () => {
    const change = command('ChangeSubscriberStatus', { requestId: 'r', subscriber, state: 'Suspended' });
    expect(requestOf(decideStatus(fleet(), change, routingOf('JASPER')))).toMatchObject({ change: suspended });
    const there = fleet({ status: 'SUSPENDED' });
    expect(decideStatus(there, change, routingOf('JASPER'))).toMatchObject({
      changes: [{ entityType: 'Subscriber', after: { state: 'Suspended' } }],
    });
  });

  it('is refused as before where it is not possible here', () => {
    const gone = fleet({ status: 'TERMINATED' }, { state: 'Deactivated' });
    expect(codeOf(decideSimStatus(gone, suspend(), routingOf('JASPER')))).toBe('SUBSCRIBER_STATE_TRANSITION');
    const unchanged = fleet({ status: 'SUSPENDED' });
    expect(codeOf(decideSimStatus(unchanged, suspend(), routingOf('JASPER')))).toBe('SIM_STATUS_UNCHANGED');
  });
});

describe('a change of status is made at once', () => {
  it.each<[string, Partial<Sim>]>([
    ['on a platform that is not connected', { platform: 'TMUS' }],
    ['on a platform that is not configured', { platform: 'GONE' }],
    ['without a platform', { platform: null }],
  ])('%s', (_, card) => {
    expect(decideSimStatus(fleet(card), suspend(), routingOf('JASPER'))).toMatchObject({
      status: 'COMPLETED',
      changes: [{ entityType: 'SIM', after: { status: 'SUSPENDED' } }, { entityType: 'Subscriber' }],
    });
  });
});

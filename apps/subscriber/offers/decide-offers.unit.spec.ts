import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CommandData } from '#libs/contracts';
import type { ErrorCode } from '#libs/errors';
import type { InventoryView, OfferView } from '#libs/inventory';
import {
  acme,
  codeOf,
  command,
  offerRow,
  offerViewOf,
  subscriberId,
  subscriberRow,
  VersionLedger,
  viewOf,
  viewTime,
} from '#libs/testing';
import type { Decision } from '#libs/transactions';
import { decideStatus } from '../status/decide-status.js';
import { routingOf } from '../testing/routing.js';
import {
  accountOf,
  actorOf,
  names,
  offerData,
  OfferModel,
  offerSteps,
  type OfferStep,
} from '../testing/offer-model.js';
import { decideAttachOffer } from './decide-attach-offer.js';
import { decideDetachOffer } from './decide-detach-offer.js';

type OfferData = CommandData<'AttachOffer'>;

const subscriber = { externalId: 'SUB-1' };
const offerId = 'IOT-10MB';
const [one, gone] = [subscriberRow('SUB-1'), subscriberRow('GONE', { state: 'Deactivated' })];

const fleet = () => viewOf({ subscribers: [one, gone, subscriberRow('THEIRS', { accountId: 'GLOBEX' })] });
const attach = (data: OfferData, offers = offerViewOf(), view = fleet(), actor = acme) =>
  decideAttachOffer(view, offers, command('AttachOffer', data, actor));
const detach = (data: OfferData, offers = offerViewOf(offerRow(one, offerId)), view = fleet(), actor = acme) =>
  decideDetachOffer(view, offers, command('DetachOffer', data, actor));

describe('an offer', () => {
  it('is attached as an entity of the subscriber', () => {
    expect(attach({ subscriber, offerId })).toEqual({
      status: 'COMPLETED',
      occurredAt: viewTime,
      changes: [
        {
          ...{ entityType: 'SubscriberOffer', entityId: expect.any(String), aggregateId: one.subscriberId },
          ...{ tenantId: 'ACME', accountId: 'ACME-TT', version: 1, operation: 'CREATED', before: null },
          after: {
            ...{ id: expect.any(String), subscriberId: one.subscriberId, subscriberExternalId: 'SUB-1', offerId },
            attachedAt: viewTime.toISOString(),
          },
        },
      ],
    });
  });

  it('is detached as the next version of its attachment', () => {
    const attached = offerRow(one, offerId, { attachedAt: new Date(viewTime.getTime() + 5) });
    const { subscriberOfferId, attachedAt } = attached;
    expect(detach({ subscriber, offerId }, offerViewOf(attached))).toMatchObject({
      occurredAt: attachedAt,
      changes: [
        {
          entityId: subscriberOfferId,
          version: 2,
          operation: 'DELETED',
          before: { id: subscriberOfferId },
          after: null,
        },
      ],
    });
  });

  it('is another attachment when it comes back', () => {
    const offers = offerViewOf();
    const ids = [attach, detach, attach].map((decide) => {
      const decision = decide({ subscriber, offerId }, offers);
      return decision.status === 'COMPLETED' ? decision.changes[0]?.entityId : undefined;
    });
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
    expect(codeOf(attach({ subscriber, offerId }, offers))).toBe('OFFER_ATTACHED');
  });

  const refusals: [ErrorCode, string, OfferData][] = [
    ['SUBSCRIBER_REQUIRED', 'subscriber', { offerId }],
    ['OFFER_REQUIRED', 'offerId', { subscriber: { externalId: 'nobody' } }],
    ['SUBSCRIBER_NOT_FOUND', 'subscriber', { subscriber: { externalId: 'nobody' }, offerId: 'none' }],
    ['SUBSCRIBER_NOT_FOUND', 'subscriber', { subscriber: { refId: subscriberId('THEIRS') }, offerId: 'TRACK' }],
    ['SUBSCRIBER_DEACTIVATED', 'subscriber', { subscriber: { externalId: 'GONE' }, offerId: 'none' }],
    ['OFFER_NOT_FOUND', 'offerId', { subscriber, offerId: 'none' }],
    ['OFFER_NOT_FOUND', 'offerId', { subscriber, offerId: 'TRACK' }],
  ];

  it.each<[ErrorCode, string, OfferData]>([...refusals, ['OFFER_ATTACHED', 'offerId', { subscriber, offerId }]])(
    'is not attached: %s for its %s',
    (code, field, data) => {
      const offers = offerViewOf(offerRow(one, offerId));
      expect(attach(data, offers)).toMatchObject({ error: { code, details: { field } } });
      expect(offers.attached).toEqual(offers.loaded);
    },
  );

  it.each<[ErrorCode, string, OfferData]>([
    ...refusals,
    ['OFFER_NOT_ATTACHED', 'offerId', { subscriber, offerId: 'IOT-1GB' }],
  ])('is not detached: %s for its %s', (code, field, data) => {
    const offers = offerViewOf(offerRow(one, offerId));
    expect(detach(data, offers)).toMatchObject({ error: { code, details: { field } } });
    expect(offers.attached).toEqual(offers.loaded);
  });

  it('stays as it is while another operation holds the subscriber', () => {
    const locked = { ...fleet(), locks: new Map([[`Subscriber ${one.subscriberId}`, 'other']]) };
    const refusal = { error: { code: 'LOCKED', details: { operationId: 'other' } } };
    expect(attach({ subscriber, offerId: 'none' }, offerViewOf(), locked)).toMatchObject(refusal);
    expect(detach({ subscriber, offerId }, undefined, locked)).toMatchObject(refusal);
    const own = command('AttachOffer', { subscriber, offerId });
    const held = { ...fleet(), locks: new Map([[`Subscriber ${one.subscriberId}`, own.operationId]]) };
    expect(decideAttachOffer(held, offerViewOf(), own).status).toBe('COMPLETED');
  });
});

function decideStep(view: InventoryView, offers: OfferView, step: OfferStep): Decision {
  const actor = actorOf(step.name);
  if (step.kind === 'attach') return attach(offerData(step), offers, view, actor);
  if (step.kind === 'detach') return detach(offerData(step), offers, view, actor);
  const data = { requestId: 'r', subscriber: { externalId: step.name }, state: 'Deactivated' as const };
  return decideStatus(view, command('ChangeSubscriberStatus', data, actor), routingOf());
}

describe('any commands on offers in any order', () => {
  it('are answered as the model answers them, and leave its attachments and gapless versions', () => {
    const seen = new Set<string | undefined>();
    const property = fc.property(offerSteps, (sequence) => {
      const rows = names.map((name) => subscriberRow(name, { accountId: accountOf(name) }));
      const [view, offers] = [viewOf({ subscribers: rows }), offerViewOf()];
      const [model, ledger] = [new OfferModel(), new VersionLedger()];
      for (const step of sequence) {
        const decision = decideStep(view, offers, step);
        expect(codeOf(decision)).toBe(model.apply(step));
        if (step.kind !== 'deactivate') expect(ledger.add(decision)).toEqual([]);
        seen.add(codeOf(decision));
      }
      const nameOf = new Map(rows.map((row) => [row.subscriberId, row.externalId]));
      const attached = [...offers.attached.values()].map((row) => `${nameOf.get(row.subscriberId)} ${row.offerId}`);
      expect(attached.sort()).toEqual([...model.attached].sort());
    });
    fc.assert(property, { numRuns: 300 });
    const codes = [
      'OFFER_ATTACHED',
      'OFFER_NOT_ATTACHED',
      'OFFER_NOT_FOUND',
      'SUBSCRIBER_DEACTIVATED',
      'SUBSCRIBER_STATE_TRANSITION',
      undefined,
    ];
    expect([...seen].sort()).toEqual(codes);
  });
});

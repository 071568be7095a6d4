import type { Tx } from '#libs/postgres';
import { offerChange } from './entity-state.js';
import {
  deleteSubscriberOffers,
  insertSubscriberOffers,
  selectOffers,
  selectSubscriberOffers,
  type Offer,
} from './offer.sql.js';
import { newEntityId, type Posting } from './posting.js';
import type { Subscriber, SubscriberOffer } from './rows.js';
import { rowsToWrite } from './rows-to-write.js';
import type { InventoryView } from './view.js';

/** What commands on offers decide on beside the inventory view; `attached` is the state after those decided so far. */
export interface OfferView {
  /** offers that there are, by tenant and id */
  catalogue: Set<string>;
  loaded: Map<string, SubscriberOffer>;
  /** by subscriber and offer */
  attached: Map<string, SubscriberOffer>;
}

const catalogueText = (tenantId: string, offerId: string): string => `${tenantId}\0${offerId}`;
const attachedText = (subscriberId: string, offerId: string): string => `${subscriberId}\0${offerId}`;

export function createOfferView(catalogue: Omit<Offer, 'name'>[], attached: SubscriberOffer[]): OfferView {
  const loaded = new Map(attached.map((row) => [attachedText(row.subscriberId, row.offerId), row]));
  return {
    catalogue: new Set(catalogue.map((offer) => catalogueText(offer.tenantId, offer.offerId))),
    loaded,
    attached: new Map(loaded),
  };
}

/** The offers that a batch names, and which of them its locked subscribers have. */
export async function readOffers(tx: Tx, view: InventoryView, offerIds: string[]): Promise<OfferView> {
  const subscribers = [...view.subscribers.values()];
  const tenantIds = new Set(subscribers.map((subscriber) => subscriber.tenantId));
  const wanted = [...new Set(offerIds)];
  const catalogue = await selectOffers(tx, [...tenantIds], wanted);
  const attached = await selectSubscriberOffers(tx, [...view.subscribers.keys()], wanted);
  return createOfferView(catalogue, attached);
}

/** Whether the subscriber's tenant has the offer. */
export const isOffered = (offers: OfferView, subscriber: Subscriber, offerId: string): boolean =>
  offers.catalogue.has(catalogueText(subscriber.tenantId, offerId));

export const attachedOffer = (
  offers: OfferView,
  subscriber: Subscriber,
  offerId: string,
): SubscriberOffer | undefined => offers.attached.get(attachedText(subscriber.subscriberId, offerId));

export function attachOffer(offers: OfferView, posting: Posting, subscriber: Subscriber, offerId: string): void {
  const { subscriberId, tenantId } = subscriber;
  const offer: SubscriberOffer = {
    ...{ subscriberOfferId: newEntityId(posting), subscriberId, tenantId, offerId },
    ...{ version: 1, attachedAt: posting.occurredAt },
  };
  offers.attached.set(attachedText(subscriberId, offerId), offer);
  posting.changes.push(offerChange(subscriber, null, offer));
}

export function detachOffer(offers: OfferView, posting: Posting, subscriber: Subscriber, offer: SubscriberOffer): void {
  offers.attached.delete(attachedText(offer.subscriberId, offer.offerId));
  posting.changes.push(offerChange(subscriber, offer, null));
}

/** Writes what the commands of a batch made of the view; an offer that came and went within it leaves no row. */
export async function writeOffers(tx: Tx, offers: OfferView): Promise<void> {
  const { inserted, updated, removed } = rowsToWrite(offers.loaded, offers.attached);
  // Detached and attached again is another attachment under the same key.
  const gone = [...removed, ...updated];
  if (gone.length > 0) await deleteSubscriberOffers(tx, gone);
  const fresh = [...inserted, ...updated];
  if (fresh.length > 0) await insertSubscriberOffers(tx, fresh);
}

import type { SimStatus, SubscriberState } from '#libs/contracts';
import { simChange, subscriberChange } from './entity-state.js';
import { newEntityId, type Posting } from './posting.js';
import type { Account, Sim, Subscriber } from './rows.js';
import { putSim, putSubscriber, type InventoryView } from './view.js';

export interface NewSubscriber {
  account: Account;
  externalId: string;
  state: SubscriberState;
  platform: string | null;
}

export function addSubscriber(view: InventoryView, posting: Posting, wanted: NewSubscriber): Subscriber {
  const { account, externalId, state, platform } = wanted;
  const subscriber: Subscriber = {
    subscriberId: newEntityId(posting),
    tenantId: account.tenantId,
    accountId: account.accountId,
    accountPath: account.path,
    externalId,
    state,
    platform,
    version: 1,
    changedAt: posting.occurredAt,
  };
  putSubscriber(view, subscriber);
  posting.changes.push(subscriberChange(null, subscriber));
  return subscriber;
}

export function changeState(
  view: InventoryView,
  posting: Posting,
  subscriber: Subscriber,
  state: SubscriberState,
): void {
  const changed = { ...subscriber, state, version: subscriber.version + 1, changedAt: posting.occurredAt };
  putSubscriber(view, changed);
  posting.changes.push(subscriberChange(subscriber, changed));
}

/** Gives a subscriber a SIM card: a new one, or one that is free. */
export function giveSim(
  view: InventoryView,
  posting: Posting,
  subscriber: Subscriber,
  card: { iccid: string; imsi: string | null; status: SimStatus },
): void {
  const previous = view.sims.get(card.iccid) ?? null;
  const sim: Sim = {
    ...card,
    tenantId: subscriber.tenantId,
    accountId: subscriber.accountId,
    subscriberId: subscriber.subscriberId,
    platform: subscriber.platform,
    version: (previous?.version ?? 0) + 1,
    changedAt: posting.occurredAt,
  };
  putSim(view, sim);
  posting.changes.push(simChange(previous, sim));
}

export function changeSimStatus(view: InventoryView, posting: Posting, sim: Sim, status: SimStatus): void {
  const changed = { ...sim, status, version: sim.version + 1, changedAt: posting.occurredAt };
  putSim(view, changed);
  posting.changes.push(simChange(sim, changed));
}

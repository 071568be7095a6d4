import type { CustomProperty, Plain, SimStatus, SubscriberState } from '#libs/contracts';
import { simChange, subscriberChange } from './entity-state.js';
import { newEntityId, type Posting } from './posting.js';
import type { Account, Sim, Subscriber } from './rows.js';
import { stateOfSim } from './states.js';
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
    firstActivatedAt: firstActivation(previous, card.status, posting.occurredAt),
    customProperties: previous?.customProperties ?? [],
    version: (previous?.version ?? 0) + 1,
    changedAt: posting.occurredAt,
  };
  putSim(view, sim);
  posting.changes.push(simChange(previous, sim));
}

export function changeSimStatus(view: InventoryView, posting: Posting, sim: Sim, status: SimStatus): void {
  const firstActivatedAt = firstActivation(sim, status, posting.occurredAt);
  changeSim(view, posting, sim, { status, firstActivatedAt });
}

/** Gives a SIM a status, and its subscriber the state that belongs to it; what is there already stays as it is. */
export function applySimStatus(
  view: InventoryView,
  posting: Posting,
  subscriber: Subscriber,
  sim: Sim,
  status: SimStatus,
): void {
  if (sim.status !== status) changeSimStatus(view, posting, sim, status);
  const state = stateOfSim[status];
  if (subscriber.state !== state) changeState(view, posting, subscriber, state);
}

/** `customProperties` is all that the SIM is to have. */
export const assignCustomProperties = (
  view: InventoryView,
  posting: Posting,
  sim: Sim,
  customProperties: Plain<CustomProperty>[],
): void => changeSim(view, posting, sim, { customProperties });

/** Gives a subscriber and his SIM to another account of the tenant; resources and offers go with the subscriber. */
export function transferTo(
  view: InventoryView,
  posting: Posting,
  subscriber: Subscriber,
  sim: Sim,
  { accountId, path: accountPath }: Account,
): void {
  changeSim(view, posting, sim, { accountId });
  const { version } = subscriber;
  const moved = { ...subscriber, accountId, accountPath, version: version + 1, changedAt: posting.occurredAt };
  putSubscriber(view, moved);
  posting.changes.push(subscriberChange(subscriber, moved));
}

/** Forgets when the SIM became ACTIVE; the next time that it becomes so is the first again. */
export const resetFirstActivation = (view: InventoryView, posting: Posting, sim: Sim): void =>
  changeSim(view, posting, sim, { firstActivatedAt: null });

function changeSim(view: InventoryView, posting: Posting, sim: Sim, change: Partial<Sim>): void {
  const changed = { ...sim, ...change, version: sim.version + 1, changedAt: posting.occurredAt };
  putSim(view, changed);
  posting.changes.push(simChange(sim, changed));
}

/** A card keeps it for life, whoever has it. One that is ACTIVE already does not become so. */
function firstActivation(previous: Sim | null, status: SimStatus, at: Date): Date | null {
  const becomesActive = status === 'ACTIVE' && previous?.status !== 'ACTIVE';
  return previous?.firstActivatedAt ?? (becomesActive ? at : null);
}

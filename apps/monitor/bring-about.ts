import type { Plain, PlatformChange, SimStatus } from '#libs/contracts';
import {
  applySimStatus,
  assignCustomProperties,
  mayGo,
  sameCustomProperties,
  startPosting,
  stateOfSim,
  transferTo,
  type InventoryView,
  type Posting,
  type Sim,
  type Subscriber,
} from '#libs/inventory';
import { completed, type Command, type Decision } from '#libs/transactions';

/** A SIM that a platform tells of, and whose it is. */
export interface HeldSim {
  subscriber: Subscriber;
  sim: Sim;
}

/** The SIM of the tenant and its subscriber, as they are now. */
export function heldSim(view: InventoryView, { tenantId }: { tenantId: string }, iccid: string): HeldSim | undefined {
  const sim = view.sims.get(iccid);
  const subscriber = view.subscribers.get(sim?.subscriberId ?? '');
  return sim?.tenantId === tenantId && subscriber ? { subscriber, sim } : undefined;
}

/**
 * Folds into the view what a platform has carried out; what holds already is completed without a change. Undefined when it
 * cannot hold here.
 */
export function bringAbout(
  view: InventoryView,
  command: Command,
  held: HeldSim,
  change: Plain<PlatformChange>,
): Decision | undefined {
  const posting = startPosting(view, command, [held.subscriber.changedAt, held.sim.changedAt]);
  return changed(view, posting, held, change) ? completed(posting.occurredAt, posting.changes) : undefined;
}

/** Whether the change holds now. */
function changed(
  view: InventoryView,
  posting: Posting,
  { subscriber, sim }: HeldSim,
  { kind, status, account, customProperties }: Plain<PlatformChange>,
): boolean {
  switch (kind) {
    case 'status':
      if (!status || !mayFollow(subscriber, status)) return false;
      applySimStatus(view, posting, subscriber, sim, status);
      return true;
    case 'custom-properties':
      if (!customProperties) return false;
      if (!sameCustomProperties(sim.customProperties, customProperties)) {
        assignCustomProperties(view, posting, sim, customProperties);
      }
      return true;
    case 'account':
      return movedTo(view, posting, { subscriber, sim }, account);
  }
}

function mayFollow({ state }: Subscriber, status: SimStatus): boolean {
  return state === stateOfSim[status] || mayGo(state, stateOfSim[status]);
}

function movedTo(
  view: InventoryView,
  posting: Posting,
  { subscriber, sim }: HeldSim,
  accountId: string | undefined,
): boolean {
  const account = view.accounts.get(accountId ?? '');
  if (account?.tenantId !== subscriber.tenantId) return false;
  if (account.accountId !== subscriber.accountId) transferTo(view, posting, subscriber, sim, account);
  return true;
}

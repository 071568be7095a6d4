import { SimyardError } from '#libs/errors';
import type { Tx } from '#libs/postgres';
import { selectAccounts } from './account.sql.js';
import { lockSubscribers } from './lock-subscribers.sql.js';
import { selectResources } from './resource.sql.js';
import { lockSims } from './sim.sql.js';
import { createView, type InventoryRows, type InventoryView } from './view.js';
import type { Wanted } from './wanted.js';

/** The transaction, and who holds locks of subscribers: `Subscriber <id>` → the operation. */
export interface LockingContext {
  tx: Tx;
  heldLocks: (entities: { type: 'Subscriber'; id: string }[]) => Promise<ReadonlyMap<string, string>>;
}

/**
 * Locks what a batch names and reads it: the rows of the subscribers and of the present holders of all wanted values in id
 * order, and then, in new statements that see what the row locks waited for, which operations
 * hold them, their resources and SIMs where these are wanted, and who holds the wanted values. Throws CONCURRENT_CHANGE when a value or SIM
 * has got a holder that the look did not see, since his row is not locked.
 */
export async function lockInventory({ tx, heldLocks }: LockingContext, wanted: Wanted): Promise<InventoryView> {
  const { now, subscribers: locked } = await lockSubscribers(tx, wanted);
  const ids = locked.map(({ subscriberId }) => subscriberId);
  const accountIds = new Set([...wanted.accountIds, ...locked.map(({ accountId }) => accountId)]);
  const readsResources = wanted.ownResources || wanted.resources.size > 0;
  const readsSims = wanted.sims || wanted.iccids.size > 0;
  const [locks, resources, sims, accounts] = await Promise.all([
    heldLocks(ids.map((id) => ({ type: 'Subscriber', id }))),
    readsResources ? selectResources(tx, ids, [...wanted.resources.values()]) : [],
    readsSims ? lockSims(tx, [...wanted.iccids], ids) : [],
    accountIds.size > 0 ? selectAccounts(tx, [...accountIds]) : [],
  ]);
  const pathOf = new Map(accounts.map(({ accountId, path }) => [accountId, path]));
  // One without an account is in nobody's tree, as if he did not exist.
  const subscribers = locked.flatMap((row) => {
    const accountPath = pathOf.get(row.accountId);
    return accountPath ? [{ ...row, accountPath }] : [];
  });
  const rows = { accounts, subscribers, resources, sims };
  refuseUnlockedHolders(rows);
  return createView(now, wanted.types, rows, locks);
}

function refuseUnlockedHolders({ subscribers, resources, sims }: InventoryRows): void {
  const locked = new Set(subscribers.map((subscriber) => subscriber.subscriberId));
  const isLocked = (holder: { subscriberId: string | null }) =>
    holder.subscriberId === null || locked.has(holder.subscriberId);
  if (!resources.every(isLocked) || !sims.every(isLocked)) throw new SimyardError('CONCURRENT_CHANGE');
}

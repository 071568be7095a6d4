import { SimyardError } from '#libs/errors';
import type { Tx } from '#libs/postgres';
import { deleteLocks, insertLocks } from './insert-locks.sql.js';
import { keyOf, type Holder, type WantedLock } from './lock.js';
import { readHolders } from './read-holders.sql.js';

/**
 * Takes locks, all that an operation wants or none of them; of operations that want the same lock the first in `wanted`
 * gets it. Waits for transactions that are taking or freeing one of them. Returns the operations that are refused, each
 * with all who stand in its way.
 */
export async function acquireLocks(tx: Tx, wanted: WantedLock[]): Promise<Map<string, Holder[]>> {
  const { inserted, holders } = await insertLocks(tx, wanted);
  if (inserted.size === wanted.length) return new Map();
  const lost = wanted.filter((lock) => !inserted.has(keyOf(lock)));
  const { granted, refused } = grantInOrder(wanted, await completed(tx, lost, holders));
  await deleteLocks(tx, [...refused.keys()]);
  await insertLocks(tx, passedOn(wanted, granted, refused));
  return refused;
}

/** Holders of all lost locks, also of those that the insert has waited for. */
async function completed(
  tx: Tx,
  lost: WantedLock[],
  holders: ReadonlyMap<string, Holder>,
): Promise<Map<string, Holder>> {
  const unknown = lost.filter((lock) => !holders.has(keyOf(lock)));
  const later = await readHolders(tx, unknown);
  return new Map(
    lost.map((lock) => {
      const key = keyOf(lock);
      const holder = holders.get(key) ?? later.get(key);
      // Taken and freed again since the statement began: the next attempt may have it.
      if (!holder) throw new SimyardError('CONCURRENT_CHANGE');
      return [key, holder];
    }),
  );
}

/** Pure: who gets all of its locks when the operations come one after the other. `others` hold theirs already. */
export function grantInOrder(
  wanted: WantedLock[],
  others: ReadonlyMap<string, Holder>,
): { granted: WantedLock[]; refused: Map<string, Holder[]> } {
  const taken = new Map(others);
  const granted: WantedLock[] = [];
  const refused = new Map<string, Holder[]>();
  for (const [operationId, locks] of Map.groupBy(wanted, (lock) => lock.operationId)) {
    const inTheWay = locks.flatMap((lock) => {
      const holder = taken.get(keyOf(lock));
      return holder === undefined || holder.operationId === operationId ? [] : [holder];
    });
    if (inTheWay.length > 0) {
      refused.set(operationId, inTheWay);
      continue;
    }
    for (const { level, entity, ...lock } of locks) {
      taken.set(keyOf({ ...lock, level }), { operationId, expired: false, level, entity });
    }
    granted.push(...locks);
  }
  return { granted, refused };
}

/** Locks that a refused operation had come first to, and one that is granted gets in its place. */
function passedOn(wanted: WantedLock[], granted: WantedLock[], refused: ReadonlyMap<string, unknown>): WantedLock[] {
  const first = new Map<string, string>();
  for (const lock of wanted) {
    if (!first.has(keyOf(lock))) first.set(keyOf(lock), lock.operationId);
  }
  return granted.filter((lock) => refused.has(first.get(keyOf(lock)) ?? ''));
}

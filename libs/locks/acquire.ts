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
  const inserted = await insertLocks(tx, wanted);
  if (inserted.size === wanted.length) return new Map();
  // In a statement of its own, which sees what the insert has waited for.
  const others = await readHolders(
    tx,
    wanted.filter((lock) => !inserted.has(keyOf(lock))),
  );
  const { granted, refused } = grantInOrder(wanted, others);
  await deleteLocks(tx, [...refused.keys()]);
  await insertLocks(tx, passedOn(wanted, granted, refused));
  return refused;
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

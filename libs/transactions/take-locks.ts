import { acquireLocks, type Holder, type WantedLock } from '#libs/locks';
import type { Tx } from '#libs/postgres';
import { endTimedOut } from './end-timed-out.js';

/**
 * Takes locks, all that an operation wants or none of them. Operations past their deadline that are in the way are ended.
 * Returns the operations that are refused, each with one who holds what it wants.
 */
export async function takeLocks(tx: Tx, wanted: WantedLock[]): Promise<Map<string, Holder>> {
  const refused = await acquireLocks(tx, wanted);
  const ended = await endExpired(tx, [...refused.values()].flat());
  const inTheWay = [...refused].map(([operationId, holders]): [string, Holder[]] => [
    operationId,
    holders.filter((holder) => !ended.has(holder.operationId)),
  ]);
  // Only where all that was in the way is gone by our own doing: then nobody else can have taken it, and this attempt waits
  // for nobody, whatever it holds by now.
  const freed = new Set(inTheWay.flatMap(([operationId, holders]) => (holders.length === 0 ? operationId : [])));
  const still = await acquireLocks(
    tx,
    wanted.filter((lock) => freed.has(lock.operationId)),
  );
  return new Map([...inTheWay, ...still].flatMap(([operationId, [holder]]) => (holder ? [[operationId, holder]] : [])));
}

async function endExpired(tx: Tx, holders: Holder[]): Promise<Set<string>> {
  const expired = holders.flatMap((holder) => (holder.expired ? [holder.operationId] : []));
  return new Set(await endTimedOut(tx, [...new Set(expired)]));
}

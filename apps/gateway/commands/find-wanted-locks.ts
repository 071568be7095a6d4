import type { ErrorCode } from '#libs/errors';
import { findAccountsFor, findAndShareSubscribers, shareAccounts, type ResourceTypes } from '#libs/inventory';
import { wantedLocks, type LockEntity, type WantedLock } from '#libs/locks';
import type { Tx } from '#libs/postgres';
import type { LockWish } from './plan-admission.js';

/** What writes want to lock, and those that have nothing to lock though they need it: why, by their operations' ids. */
export interface WantedLocks {
  wanted: WantedLock[];
  missing: Map<string, ErrorCode>;
}

/**
 * The locks that writes want. Their entities' rows are shared until the end of the transaction, in the order of their
 * ids: a handler that reads who holds an entity has its row alone. An entity that is not in the caller's tree is not
 * locked; its command will be refused, unless the write is, as one that requires it.
 */
export async function findWantedLocks(tx: Tx, types: ResourceTypes, wishes: LockWish[]): Promise<WantedLocks> {
  const entities = new Map([...(await lockedSubscribers(tx, types, wishes)), ...(await lockedAccounts(tx, wishes))]);
  const without = new Set(wishes.filter((wish) => wish.entityRequired && !entities.has(wish)));
  const complete = wishes.filter((wish) => !without.has(wish));
  return {
    wanted: complete.flatMap((wish) => wantedLocks(wish.levels, wish.operation, entities.get(wish))),
    missing: new Map([...without].map((wish) => [wish.operation.operationId, notFound(wish)])),
  };
}

const notFound = ({ levels }: LockWish): ErrorCode =>
  levels.entity === 'Account' ? 'ACCOUNT_NOT_FOUND' : 'SUBSCRIBER_NOT_FOUND';

type Entities = [LockWish, LockEntity][];

async function lockedSubscribers(tx: Tx, types: ResourceTypes, wishes: LockWish[]): Promise<Entities> {
  const asked = wishes.flatMap((wish) =>
    wish.subscriber ? [{ wish, scope: wish.operation, reference: wish.subscriber }] : [],
  );
  if (asked.length === 0) return [];
  const found = await findAndShareSubscribers(tx, types, asked);
  return asked.flatMap(({ wish }, index): Entities => {
    const id = found[index]?.subscriberId;
    return id === undefined ? [] : [[wish, { type: 'Subscriber', id }]];
  });
}

async function lockedAccounts(tx: Tx, wishes: LockWish[]): Promise<Entities> {
  const asked = wishes.flatMap((wish) =>
    wish.accountId === undefined ? [] : [{ wish, scope: wish.operation, accountId: wish.accountId }],
  );
  if (asked.length === 0) return [];
  const found = await findAccountsFor(tx, asked);
  const ids = new Set(found.flatMap((account) => account?.accountId ?? []));
  if (ids.size > 0) await shareAccounts(tx, [...ids]);
  return asked.flatMap(({ wish }, index): Entities => {
    const id = found[index]?.accountId;
    return id === undefined ? [] : [[wish, { type: 'Account', id }]];
  });
}

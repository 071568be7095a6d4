import type { ApiClient } from '#libs/access';
import { SimyardError } from '#libs/errors';
import { findLock, insertLockAudit, type Lock } from '#libs/locks';
import type { Database } from '#libs/postgres';
import { cancelOperations } from '#libs/transactions';

/**
 * Ends the operation that holds a lock as CANCELLED, which frees all of its locks, and records who did it and why. Waits
 * for a command that is being handled. Throws FORBIDDEN, or LOCK_NOT_FOUND when nobody of the client's tree holds it.
 */
export async function breakLock(
  database: Database,
  client: ApiClient,
  fencingToken: string,
  reason: string,
): Promise<Lock> {
  if (!client.scopes.includes('admin')) throw new SimyardError('FORBIDDEN');
  return database.transaction(async (tx) => {
    const lock = await findLock(tx, client.accountId, fencingToken);
    const ended = lock ? await cancelOperations(tx, [lock.operationId]) : [];
    // Without an end, the operation has ended by itself meanwhile, and the lock with it.
    if (!lock || ended.length === 0) throw new SimyardError('LOCK_NOT_FOUND');
    await insertLockAudit(tx, lock, { by: client.username, reason });
    return lock;
  });
}

import { asSimyardError } from '#libs/errors';
import { acceptOperation, type KeyClaim } from '#libs/operations';
import type { Database } from '#libs/postgres';
import { appendToOutbox } from '#libs/transactions';
import type { Admission } from './plan-admission.js';

const attempts = 3;

/**
 * Commits a write's key, operation and command together, or finds who has the key. Throws DATABASE_UNAVAILABLE, after
 * which the caller repeats with the same key.
 */
export async function admit(database: Database, admission: Admission): Promise<KeyClaim> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return asOwn(await admitOnce(database, admission), admission);
    } catch (error) {
      const { code } = asSimyardError(error);
      // A lost connection may have taken the reply to a commit that was done. The next attempt waits for what is left
      // of the first at the unique key, and then finds its own operation there.
      const mayHelp = code === 'CONCURRENT_CHANGE' || (code === 'DATABASE_UNAVAILABLE' && attempt === 1);
      if (!mayHelp || attempt >= attempts) throw error;
    }
  }
}

function admitOnce(database: Database, { requestKey, operation, message, stage }: Admission): Promise<KeyClaim> {
  return database.transaction(async (tx) => {
    const claim = await acceptOperation(tx, requestKey, operation);
    if (!claim.claimed) return claim;
    await stage?.(tx, operation.operationId);
    await appendToOutbox(tx, [message]);
    return claim;
  });
}

function asOwn(claim: KeyClaim, { operation }: Admission): KeyClaim {
  return !claim.claimed && claim.holder.operationId === operation.operationId ? { claimed: true } : claim;
}

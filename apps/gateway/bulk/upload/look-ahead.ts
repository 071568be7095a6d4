import { SimyardError } from '#libs/errors';
import { lockPolicy, readHolders, wantedLocks } from '#libs/locks';
import { readKeyHolder } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import { newId } from '#libs/runtime';
import { submitWrite, type Submission } from '../submission.js';

/**
 * Whether a request with this idempotency key has been admitted; whether with the same rows, admission finds out. If not,
 * throws LOCKED when the user's bulk of this action is under way: a million rows need not be sent to learn that. The
 * lock itself is taken at admission.
 */
export async function lookAhead(tx: Tx, submission: Submission): Promise<{ isRepeat: boolean }> {
  const holder = await findLockHolder(tx, submission);
  // After the lock: both are committed together, and the lock may be that of the request which this one repeats.
  const isRepeat = await isAdmitted(tx, submission);
  if (holder !== undefined && !isRepeat) throw new SimyardError('LOCKED', { details: { operationId: holder } });
  return { isRepeat };
}

async function isAdmitted(tx: Tx, submission: Submission): Promise<boolean> {
  const { key, scope } = submitWrite(submission, undefined);
  if (key === undefined) return false;
  const { tenantId } = submission.caller.client;
  return (await readKeyHolder(tx, { tenantId, scope, key })) !== undefined;
}

/** The operation that has the lock; one past its deadline has it no longer. */
async function findLockHolder(tx: Tx, { action, caller: { client } }: Submission): Promise<string | undefined> {
  const levels = lockPolicy.admin.SubmitBulkJob;
  if (levels === undefined) return undefined;
  const wanted = wantedLocks(levels, {
    ...{ operationId: newId(), facade: 'admin', action, expiresAt: new Date() },
    ...{ tenantId: client.tenantId, accountId: client.accountId, username: client.username },
  });
  const holders = [...(await readHolders(tx, wanted)).values()];
  return holders.find(({ expired }) => !expired)?.operationId;
}

import { SimyardError } from '#libs/errors';
import { lockPolicy, readHolders, wantedLocks } from '#libs/locks';
import { readKeyHolder } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import { newId } from '#libs/runtime';
import { submitWrite, type Submission } from '../submission.js';

/** Whether a request with this idempotency key has been admitted; whether with the same rows, admission finds out. */
export async function admittedBefore(tx: Tx, submission: Submission): Promise<boolean> {
  const { key, scope } = submitWrite(submission, undefined);
  if (key === undefined) return false;
  const { tenantId } = submission.caller.client;
  return (await readKeyHolder(tx, { tenantId, scope, key })) !== undefined;
}

/**
 * Throws LOCKED when the user's bulk of this action is under way now: a million rows need not be sent to learn that. The
 * lock itself is taken at admission.
 */
export async function refuseLocked(tx: Tx, { action, caller: { client } }: Submission): Promise<void> {
  const levels = lockPolicy.admin.SubmitBulkJob;
  if (levels === undefined) return;
  const wanted = wantedLocks(levels, {
    ...{ operationId: newId(), facade: 'admin', action, expiresAt: new Date() },
    ...{ tenantId: client.tenantId, accountId: client.accountId, username: client.username },
  });
  for (const { operationId, expired } of (await readHolders(tx, wanted)).values()) {
    if (!expired) throw new SimyardError('LOCKED', { details: { operationId } });
  }
}

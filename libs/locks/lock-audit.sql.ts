import type { Tx } from '#libs/postgres';
import type { Lock } from './list-locks.sql.js';

/** Records that somebody broke a lock. */
export async function insertLockAudit(tx: Tx, lock: Lock, broken: { by: string; reason: string }): Promise<void> {
  await tx.execute(
    `insert into operations.lock_audit (fencing_token, tenant_id, level, key, operation_id, account_id, username, facade,
       action, acquired_at, expires_at, broken_by, reason, broken_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, clock_timestamp())`,
    [
      lock.fencingToken,
      lock.tenantId,
      lock.level,
      lock.key,
      lock.operationId,
      lock.accountId,
      lock.username,
      lock.facade,
      lock.action,
      lock.acquiredAt,
      lock.expiresAt,
      broken.by,
      broken.reason,
    ],
  );
}

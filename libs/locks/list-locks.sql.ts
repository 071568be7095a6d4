import type { Tx } from '#libs/postgres';
import { entityText, type LockEntity, type LockLevel } from './lock.js';
import type { Facade } from './policy.js';

/** A lock as its readers see it. */
export interface Lock {
  /** bigint; grows with each lock that is taken */
  fencingToken: string;
  tenantId: string;
  accountId: string;
  level: LockLevel;
  key: string;
  operationId: string;
  username: string;
  facade: Facade;
  action: string;
  entity: LockEntity | null;
  acquiredAt: Date;
  expiresAt: Date;
}

export interface LockFilter {
  username?: string;
  action?: string;
  entity?: LockEntity;
  /** the last fencingToken of the page before */
  before?: string;
  /** rows of a page */
  limit: number;
}

const columns = `fencing_token as "fencingToken", tenant_id as "tenantId", account_id as "accountId", level, key,
  operation_id as "operationId", username, facade, action,
  case when entity_id is not null then json_build_object('type', entity_type, 'id', entity_id) end as entity,
  acquired_at as "acquiredAt", expires_at as "expiresAt"`;

/** Rows of the tree under the account in parameter $1; of all accounts where it is null. */
const inTree = `($1::text is null or account_id = any(array(
  select account_id from inventory.account where path @> array[$1::text])))`;

/** Locks that users of the tree under `accountId` hold, newest first: a page of them. Null stands for all accounts. */
export function listLocks(tx: Tx, accountId: string | null, filter: LockFilter): Promise<Lock[]> {
  const { username = null, action = null, entity, before = null, limit } = filter;
  return tx.query<Lock>(
    `select ${columns} from operations.lock
     where ${inTree}
       and ($2::text is null or username = $2)
       and ($3::text is null or action = $3)
       and ($4::text is null or (level = 'entity' and key = $4))
       and ($5::bigint is null or fencing_token < $5)
     order by fencing_token desc
     limit $6`,
    [accountId, username, action, entity ? entityText(entity) : null, before, limit],
  );
}

/** The lock, when a user of the tree under `accountId` holds it; null stands for all accounts. */
export async function findLock(tx: Tx, accountId: string | null, fencingToken: string): Promise<Lock | undefined> {
  const [lock] = await tx.query<Lock>(`select ${columns} from operations.lock where fencing_token = $2 and ${inTree}`, [
    accountId,
    fencingToken,
  ]);
  return lock;
}

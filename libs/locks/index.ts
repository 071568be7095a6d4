export { facades, lockPolicy, type Facade, type LockLevels } from './policy.js';
export {
  entityText,
  wantedLocks,
  type Holder,
  type LockEntity,
  type LockingOperation,
  type LockLevel,
  type WantedLock,
} from './lock.js';
export { acquireLocks } from './acquire.js';
export { readHeldLocks, readHolders } from './read-holders.sql.js';
export { findLock, listLocks, type Lock, type LockFilter } from './list-locks.sql.js';
export { insertLockAudit } from './lock-audit.sql.js';

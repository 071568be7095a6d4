export { openBell, type Bell } from './bell.js';
export {
  bigints,
  booleans,
  doubles,
  integers,
  rowsOf,
  rowsToJoin,
  smallints,
  texts,
  timestamps,
  uuids,
} from './arrays.js';
export { insertedIds } from './inserted-ids.js';
export { openDatabase, type Database, type DatabaseOptions } from './database.js';
export type { Transactions, Tx } from './tx.js';
export { toDatabaseError, isUniqueViolation } from './sqlstate.js';
export { migrate, type Migration } from './migrate.js';
export { releaseLeases, renewLeases, type LeaseGroup } from './lease.js';
export { createRateLimiter, type RateLimit, type TakePoint } from './rate-limiter.js';

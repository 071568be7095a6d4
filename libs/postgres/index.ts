export { joinedTexts, plainArray, textArray } from './arrays.js';
export { openDatabase, type Database, type DatabaseOptions, type Tx } from './database.js';
export { toDatabaseError, isUniqueViolation } from './sqlstate.js';
export { migrate, type Migration } from './migrate.js';
export { releaseLeases, renewLeases, type LeaseGroup } from './lease.js';
export { createRateLimiter, type RateLimit, type TakePoint } from './rate-limiter.js';

export { operationsMigrations } from './migrations/index.js';
export {
  isOpen,
  operationStatuses,
  type OperationEnd,
  type OperationError,
  type OperationRow,
  type OperationStatus,
} from './operation.js';
export { byIds, idsAndBounds, notEnded } from './by-ids.js';
export { insertOperations } from './insert-operations.sql.js';
export { endOperations, lockOperations, startOperations, type LockedOperation } from './end-operations.sql.js';
export { requestFingerprint, requestScope, type RequestKey } from './request-key.js';
export {
  claimRequestKeys,
  readKeyHolder,
  takeRequestKeys,
  type KeyClaim,
  type KeyHolder,
} from './claim-request-keys.sql.js';
export { releaseRequestKeys } from './release-request-keys.sql.js';
export { readAnswers, readEnded, type OperationAnswer } from './read-answers.sql.js';
export {
  listOperations,
  readOperation,
  type Operation,
  type OperationFilter,
  type OperationSummary,
} from './read-operations.sql.js';
export { endCancelled, expireOperations, lockExpired, type EndedOperation } from './end-open-operations.sql.js';
export { runRetention, type RetentionResult } from './retention.js';

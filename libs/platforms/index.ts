export * from './contract.js';
export { platformsMigrations } from './migrations/index.js';
export {
  answerModes,
  credentialKinds,
  isConnected,
  resultModes,
  type AnswerMode,
  type CredentialKind,
  type PlatformConfig,
  type Platforms,
  type RateLimit,
  type ResultMode,
} from './platform.js';
export { platformSource, type PlatformSource } from './platform-source.js';
export { platformProfiles, type Platform, type PlatformProfile } from './profiles.js';
export { listPlatforms, savePlatform, type ListedPlatform, type PlatformSettings } from './save-platform.js';
export { readErrorBody, readRequestBody, readSimBody } from './read-body.js';
export { createSeal, type Seal } from './sealed.js';
export { signCallback, verifyCallback, type SignedCallback } from './signature.js';
export {
  storedStates,
  type Answer,
  type ClaimedRequest,
  type NextState,
  type Step,
  type StoredState,
} from './requests/step.js';
export { endOfAccepted, toPlatformSim } from './requests/apply-callback.js';
export { claimRequests } from './requests/claim-requests.js';
export { readDuePlatforms } from './requests/claim-requests.sql.js';
export { countRequests, type RequestCounts } from './requests/count-requests.sql.js';
export { reconciliationSource, type RequestEnd } from './requests/messages.js';
export { readPlatformAnswers, type PlatformAnswerRow } from './requests/read-answers.sql.js';
export { recordCallbacks, type PlatformCallback } from './requests/record-callbacks.js';
export { recordSteps, type TakenStep } from './requests/record-steps.js';
export type { NewRequest } from './requests/request.js';
export { readUnsettled } from './requests/read-unsettled.sql.js';
export { deleteOldRequests } from './requests/retention.sql.js';
export { settleRequests } from './requests/settle-requests.sql.js';
export { storeRequests, type StoreResult } from './requests/store-requests.js';

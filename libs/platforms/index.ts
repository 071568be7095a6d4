export * from './contract.js';
export { platformsMigrations } from './migrations/index.js';
export {
  isConnected,
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
export { signCallback } from './signature.js';
export {
  storedStates,
  type Answer,
  type ClaimedRequest,
  type NextState,
  type Step,
  type StoredState,
} from './requests/step.js';

export * from './contract.js';
export { platformProfiles, type AnswerMode, type PlatformProfile, type RateLimit } from './profiles.js';
export { signCallback } from './signature.js';
export {
  storedStates,
  type Answer,
  type ClaimedRequest,
  type NextState,
  type Step,
  type StoredState,
} from './requests/step.js';

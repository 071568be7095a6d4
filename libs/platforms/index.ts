export * from './contract.js';
export { platformProfiles, type AnswerMode, type PlatformProfile, type RateLimit } from './profiles.js';
export { signCallback } from './signature.js';

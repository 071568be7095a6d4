import { platformProfiles, type PlatformProfile } from '#libs/platforms';
import type { Range } from './random.js';

/** How one platform is simulated; all of it can be changed at run time. */
export interface PlatformSettings extends PlatformProfile {
  /** the bearer token or API key of its clients */
  credential: string;
  callbackSecret: string;
  /** time until an answer */
  answerMs: Range;
  /** time from acceptance to the end of an asynchronous change */
  completionMs: Range;
  /** adopt: a SIM that is asked for comes into being, INACTIVE */
  unknownSims: 'adopt' | 'refuse';
  /** also calls back when it begins */
  progressCallbacks: boolean;
  /** until the receiver answers 2xx */
  callbackAttempts: number;
  /** before the second attempt; doubles */
  callbackPauseMs: number;
  callbackTimeoutMs: number;
}

/** A platform that nothing else is said of. */
export const defaultSettings = (
  name: string,
  profile: PlatformProfile = { changes: {}, results: 'callback', idempotent: true, credentials: 'bearer' },
): PlatformSettings => ({
  ...profile,
  credential: `simulated-${name}-credential`,
  callbackSecret: `simulated-${name}-callback-secret`,
  answerMs: { min: 10, max: 50 },
  completionMs: { min: 100, max: 500 },
  unknownSims: 'adopt',
  progressCallbacks: false,
  callbackAttempts: 5,
  callbackPauseMs: 200,
  callbackTimeoutMs: 5000,
});

export const allSettings = (): [string, PlatformSettings][] =>
  Object.entries(platformProfiles).map(([name, profile]) => [name, defaultSettings(name, profile)]);

import type { ChangeKind } from './contract.js';

/** sync: the answer is the SIM as changed; async: 202, and the end comes later. */
export type AnswerMode = 'sync' | 'async';
export const answerModes: readonly AnswerMode[] = ['sync', 'async'];

/** How the end of an accepted change is learned. */
export type ResultMode = 'callback' | 'polling';
export const resultModes: readonly ResultMode[] = ['callback', 'polling'];

/** bearer: `Authorization: Bearer <credential>`; api-key: `X-Api-Key: <credential>`. */
export type CredentialKind = 'bearer' | 'api-key';
export const credentialKinds: readonly CredentialKind[] = ['bearer', 'api-key'];

export interface RateLimit {
  requests: number;
  /** in any span of this length */
  perMs: number;
}

/** All that Simyard knows of a platform; docs/platforms.md explains each setting. */
export interface PlatformConfig {
  name: string;
  /** the changes that the platform offers, and how it answers each */
  changes: Partial<Record<ChangeKind, AnswerMode>>;
  results: ResultMode;
  /** false: a repeated request is carried out again, whatever its idempotency key */
  idempotent: boolean;
  credentials: CredentialKind;
  rateLimit: RateLimit | null;
  /** what the contract's paths follow, without a slash at the end; null: not connected */
  baseUrl: string | null;
  credential: string | null;
  callbackSecret: string | null;
  requestTimeoutMs: number;
  /** between two questions for an accepted change of a platform that is polled */
  pollMs: number;
  /** how long a callback is waited for before the platform is asked */
  callbackGraceMs: number;
  /** from its first attempt: a change that the platform has not accepted by then has failed */
  giveUpMs: number;
  /** so has one that was tried so often */
  attempts: number;
  /** requests under way at once, per process */
  concurrency: number;
  /** most requests that wait for the platform */
  queueLimit: number;
}

/** Configured platforms by name. */
export type Platforms = ReadonlyMap<string, PlatformConfig>;

/** Whether changes go to the platform; what a SIM on another one gets is changed here alone. */
export const isConnected = ({ baseUrl }: PlatformConfig): boolean => baseUrl !== null;

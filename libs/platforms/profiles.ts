import type { AnswerMode, CredentialKind, RateLimit, ResultMode } from './platform.js';
import type { ChangeKind } from './contract.js';

/** What a client must know of a platform beside its address and secrets. */
export interface PlatformProfile {
  /** the changes that the platform offers, and how it answers each */
  changes: Partial<Record<ChangeKind, AnswerMode>>;
  /** how the end of an accepted change is learned */
  results: ResultMode;
  /** false: a repeated request is carried out again, whatever its idempotency key */
  idempotent: boolean;
  credentials: CredentialKind;
  rateLimit?: RateLimit;
}

const synchronous = { status: 'sync', 'custom-properties': 'sync' } as const;
const asynchronous = { status: 'async', 'custom-properties': 'sync' } as const;

/**
 * The ten platforms. Which are synchronous is given, and the limit of 1NCE; who transfers, calls back, may be sent a repeat,
 * and how a client logs in is our choice, so that every combination occurs.
 */
export const platformProfiles = {
  TMUS: { changes: synchronous, results: 'callback', idempotent: true, credentials: 'bearer' },
  IOTA: { changes: synchronous, results: 'callback', idempotent: false, credentials: 'api-key' },
  JASPER: {
    changes: { ...synchronous, account: 'async' },
    results: 'callback',
    idempotent: true,
    credentials: 'bearer',
  },
  '1NCE': {
    changes: synchronous,
    results: 'callback',
    idempotent: true,
    credentials: 'bearer',
    rateLimit: { requests: 10, perMs: 1000 },
  },
  TMSP: {
    changes: { ...asynchronous, account: 'async' },
    results: 'callback',
    idempotent: true,
    credentials: 'bearer',
  },
  INTELSAT: { changes: asynchronous, results: 'polling', idempotent: true, credentials: 'api-key' },
  AIRLINQ: { changes: asynchronous, results: 'callback', idempotent: true, credentials: 'api-key' },
  STC: { changes: asynchronous, results: 'callback', idempotent: false, credentials: 'bearer' },
  TURKCELL: {
    changes: { ...asynchronous, account: 'async' },
    results: 'callback',
    idempotent: true,
    credentials: 'api-key',
  },
  GALAXY1: {
    changes: { ...asynchronous, account: 'async' },
    results: 'polling',
    idempotent: true,
    credentials: 'bearer',
  },
} as const satisfies Record<string, PlatformProfile>;

/** One of the ten; there may be more configured. */
export type Platform = keyof typeof platformProfiles;

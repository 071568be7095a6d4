import { SimyardError } from '#libs/errors';
import type { Tx } from '#libs/postgres';
import { checkPlatform, checkSecret } from './check-platform.js';
import type { PlatformConfig } from './platform.js';
import { lockPlatform, selectPlatforms, upsertPlatform, type StoredPlatform } from './platform.sql.js';
import { createSeal, placeOf, type PlatformSecret } from './sealed.js';

/** Settings to be changed; null takes away what a platform need not have. */
export type PlatformSettings = Partial<Omit<PlatformConfig, 'name'>>;

/** A platform as it is shown: whether it has its secrets, not what they are. */
export interface ListedPlatform extends Omit<PlatformConfig, 'credential' | 'callbackSecret'> {
  hasCredential: boolean;
  hasCallbackSecret: boolean;
  changedAt: Date;
}

/**
 * Changes the settings that are given, of a platform that comes into being if there is none of the name. Throws
 * REQUEST_INVALID, with `details.problems`. In a transaction, so that two changes at once do not undo each other.
 */
export async function savePlatform(tx: Tx, pepper: string, name: string, settings: PlatformSettings): Promise<void> {
  const { credential, callbackSecret, ...plain } = settings;
  const stored = (await lockPlatform(tx, name)) ?? newPlatform(name);
  const sealed = sealerFor(pepper, name);
  const platform = {
    ...{ ...stored, ...plain, name },
    baseUrl: withoutSlash(plain.baseUrl === undefined ? stored.baseUrl : plain.baseUrl),
    sealedCredential: sealed('credential', credential, stored.sealedCredential),
    sealedCallbackSecret: sealed('callback secret', callbackSecret, stored.sealedCallbackSecret),
  };
  const problems = [
    ...checkPlatform(platform),
    ...checkSecret('credential', credential),
    ...checkSecret('callbackSecret', callbackSecret),
  ];
  if (problems.length > 0) throw new SimyardError('REQUEST_INVALID', { details: { problems } });
  await upsertPlatform(tx, platform);
}

/** All platforms by name. */
export async function listPlatforms(tx: Tx): Promise<ListedPlatform[]> {
  return (await selectPlatforms(tx)).map(({ sealedCredential, sealedCallbackSecret, ...platform }) => ({
    ...platform,
    hasCredential: sealedCredential !== null,
    hasCallbackSecret: sealedCallbackSecret !== null,
  }));
}

/** What a platform has that nothing else is said of. */
export const newPlatform = (name: string): Omit<StoredPlatform, 'changedAt'> => ({
  name,
  changes: {},
  results: 'callback',
  idempotent: true,
  credentials: 'bearer',
  rateLimit: null,
  baseUrl: null,
  sealedCredential: null,
  sealedCallbackSecret: null,
  requestTimeoutMs: 10_000,
  pollMs: 1000,
  callbackGraceMs: 30_000,
  giveUpMs: 60_000,
  attempts: 6,
  concurrency: 32,
  queueLimit: 100_000,
});

/** A given secret sealed, null where it is taken away, what is stored where nothing is said. */
function sealerFor(pepper: string, name: string) {
  const seal = createSeal(pepper);
  return (which: PlatformSecret, given: string | null | undefined, stored: string | null): string | null => {
    if (given === undefined) return stored;
    return given === null ? null : seal.seal(given, placeOf(name, which));
  };
}

/** The contract's paths begin with one. */
const withoutSlash = (baseUrl: string | null): string | null => baseUrl?.replace(/\/+$/, '') ?? null;

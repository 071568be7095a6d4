import type { Tx } from '#libs/postgres';
import type { PlatformConfig, Platforms } from './platform.js';
import { selectPlatforms, type StoredPlatform } from './platform.sql.js';
import { createSeal, placeOf, type PlatformSecret, type Seal } from './sealed.js';

/** Gives the configured platforms; reads them with the transaction at hand when its copy is too old. */
export type PlatformSource = (tx: Tx) => Promise<Platforms>;

/**
 * A source with a copy of its own, one per process. A platform that nobody has changed is the same object at the next
 * reading, so whoever keeps something for each platform compares by identity.
 * @param maxAgeMs longest time that a changed configuration goes unseen
 */
export function platformSource(pepper: string, maxAgeMs = 5000): PlatformSource {
  const seal = createSeal(pepper);
  let known: ReadonlyMap<string, Known> = new Map();
  let platforms: Platforms = new Map();
  let readAt = -Infinity;
  return async (tx) => {
    const now = performance.now();
    if (now - readAt < maxAgeMs) return platforms;
    const rows = await selectPlatforms(tx);
    known = new Map(rows.map((row) => [row.name, refreshed(known.get(row.name), row, seal)]));
    platforms = new Map(Array.from(known, ([name, { config }]) => [name, config]));
    readAt = now;
    return platforms;
  };
}

interface Known {
  row: StoredPlatform;
  config: PlatformConfig;
}

const refreshed = (known: Known | undefined, row: StoredPlatform, seal: Seal): Known =>
  known?.row.changedAt.getTime() === row.changedAt.getTime() ? known : { row, config: configOf(row, seal) };

/**
 * Secrets are unsealed once they are asked for, and kept: one that cannot be stops the calls of its platform, and nothing
 * else.
 */
function configOf({ changedAt: _, sealedCredential, sealedCallbackSecret, ...rest }: StoredPlatform, seal: Seal) {
  const unsealing = (sealed: string | null, secret: PlatformSecret): (() => string | null) =>
    once(() => (sealed === null ? null : seal.unseal(sealed, placeOf(rest.name, secret))));
  const credential = unsealing(sealedCredential, 'credential');
  const callbackSecret = unsealing(sealedCallbackSecret, 'callback secret');
  return {
    ...rest,
    get credential() {
      return credential();
    },
    get callbackSecret() {
      return callbackSecret();
    },
  };
}

/** The same, but made at the first call; one that throws is tried again. */
function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

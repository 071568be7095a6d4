import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { SimyardError } from '#libs/errors';

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

export type PlatformSecret = 'credential' | 'callback secret';

/** Where a platform's secret is; what it is sealed for. */
export const placeOf = (platform: string, secret: PlatformSecret): string => `${secret} of platform ${platform}`;

/** What seals secrets that must be sent again in the clear, so that a hash of them would not do. */
export interface Seal {
  /** @param place what the secret is of, as placeOf tells it; sealed for one place it does not open at another */
  seal(secret: string, place: string): string;
  /** Throws CONFIGURATION_INVALID when it was sealed with another pepper or for another place, or was changed. */
  unseal(sealed: string, place: string): string;
}

/** Seals with AES-256-GCM under a key of its own, derived by HKDF from the server's pepper. */
export function createSeal(pepper: string): Seal {
  const key = Buffer.from(hkdfSync('sha256', pepper, '', 'simyard platform secrets', 32));
  return {
    seal(secret, place) {
      const nonce = randomBytes(nonceBytes);
      const sealing = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(place));
      const text = Buffer.concat([sealing.update(secret, 'utf8'), sealing.final()]);
      return Buffer.concat([nonce, sealing.getAuthTag(), text]).toString('base64url');
    },
    unseal(sealed, place) {
      try {
        return open(key, Buffer.from(sealed, 'base64url'), place);
      } catch (cause) {
        throw new SimyardError('CONFIGURATION_INVALID', { message: cannotOpen(place), cause });
      }
    },
  };
}

function open(key: Buffer, sealed: Buffer, place: string): string {
  const nonce = sealed.subarray(0, nonceBytes);
  const opening = createDecipheriv(cipher, key, nonce, { authTagLength: tagBytes })
    .setAAD(Buffer.from(place))
    .setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
  return Buffer.concat([opening.update(sealed.subarray(nonceBytes + tagBytes)), opening.final()]).toString('utf8');
}

const cannotOpen = (place: string): string =>
  `The ${place} cannot be read: it was stored under another SIMYARD_SECRET_PEPPER. ` +
  'Start with that one, or store the secret again (docs/platforms.md).';

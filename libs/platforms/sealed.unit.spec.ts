import { describe, expect, it } from '@jest/globals';
import { createSeal, placeOf } from './sealed.js';

const pepper = 'p'.repeat(32);
const place = placeOf('JASPER', 'credential');

describe('a sealed secret', () => {
  const { seal, unseal } = { seal: sealWith(pepper), unseal: unsealWith(pepper) };

  it('opens where it was sealed, and looks like another each time', () => {
    const [one, other] = [seal('a token'), seal('a token')];
    expect(one).not.toBe(other);
    expect(Buffer.from(one, 'base64url').toString('latin1')).not.toContain('a token');
    expect([unseal(one, place), unseal(other, place)]).toEqual(['a token', 'a token']);
  });

  it.each<[string, (sealed: string) => string]>([
    ['under another pepper', (sealed) => unsealWith('q'.repeat(32))(sealed, place)],
    ['for another platform', (sealed) => unseal(sealed, placeOf('TMSP', 'credential'))],
    ['for the other secret', (sealed) => unseal(sealed, placeOf('JASPER', 'callback secret'))],
    ['when a byte was changed', (sealed) => unseal(sealed.slice(0, -1) + (sealed.endsWith('A') ? 'Q' : 'A'), place)],
    ['when it was cut', (sealed) => unseal(sealed.slice(0, 20), place)],
  ])('does not open %s, and says what to do', (_, open) => {
    const sealed = seal('a token 0');
    expect(() => open(sealed)).toThrow(
      expect.objectContaining({
        code: 'CONFIGURATION_INVALID',
        message: expect.stringMatching(/of platform .*PEPPER/),
      }),
    );
  });
});

function sealWith(key: string) {
  return (secret: string): string => createSeal(key).seal(secret, place);
}

function unsealWith(key: string) {
  return (sealed: string, where: string): string => createSeal(key).unseal(sealed, where);
}

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { standardTypes } from '#libs/testing';
import { compileResourceType, resourceKey } from './resource-type.js';

const normalize = (type: string, value: string): string | undefined => standardTypes.get(type)?.normalize(value);

describe('the normal form', () => {
  it.each([
    ['MSISDN', '18685550101', '18685550101'],
    ['MSISDN', '+1 (868) 555-0101', '18685550101'],
    ['MSISDN', '0018685550101', '18685550101'],
    ['MSISDN', ' 1.868.555.0101 ', '18685550101'],
    ['MSISDN', '1‑868–555—0101', '18685550101'],
    ['IMSI', '001 01 0123456789', '001010123456789'],
    ['IMSI', '37401012345678', '37401012345678'],
    ['USERNAME', ' Ana.Lopez ', 'ana.lopez'],
    ['USERNAME', 'Jose\u0301', 'jos\u00e9'],
    ['EMAIL', ' Ana@Example.COM ', 'ana@example.com'],
  ])('of %s %j is %j', (type, value, normal) => {
    expect(normalize(type, value)).toBe(normal);
  });

  it.each([
    ['MSISDN', ''],
    ['MSISDN', '+'],
    ['MSISDN', '1234'],
    ['MSISDN', '1234567890123456'],
    ['MSISDN', '08685550101'],
    ['MSISDN', '1868555o101'],
    ['MSISDN', '1+8685550101'],
    ['MSISDN', '١٨٦٨٥٥٥٠١٠١'],
    ['MSISDN', '18685550101\n2'],
    ['IMSI', '1234567890123'],
    ['IMSI', '1234567890123456'],
    ['IMSI', '+374010123456789'],
    ['USERNAME', '   '],
    ['USERNAME', 'ana lopez'],
    ['USERNAME', 'ana\u0000'],
    ['USERNAME', 'ana\ud800'],
    ['USERNAME', 'a'.repeat(129)],
    ['EMAIL', 'ana'],
    ['EMAIL', 'ana@example'],
    ['EMAIL', '@example.com'],
    ['EMAIL', 'ana@@example.com'],
    ['EMAIL', 'ana@example..com'],
    ['EMAIL', `${'a'.repeat(250)}@b.co`],
  ])('of %s %j does not exist', (type, value) => {
    expect(normalize(type, value)).toBeUndefined();
  });

  it('stays as it is when it is normalized again', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^\+?(00)?[\d .()-]{3,20}$/),
      fc.emailAddress(),
    );
    fc.assert(
      fc.property(fc.constantFrom(...standardTypes.keys()), text, (type, value) => {
        const once = normalize(type, value);
        if (once !== undefined) expect(normalize(type, once)).toBe(once);
      }),
    );
  });
});

describe('a resource type', () => {
  it('is only a pattern and named steps', () => {
    const plate = compileResourceType({
      ...{ type: 'PLATE', uniqueness: 'tenant', normalForm: ['strip-separators', 'lower-case'] },
      pattern: '[a-z]{3}[0-9]+|x',
    });
    expect(plate.normalize('PCA-123')).toBe('pca123');
    expect(plate.normalize('xx')).toBeUndefined();
  });
});

describe('the key of a value', () => {
  it('has the tenant as its scope unless the type is unique everywhere', () => {
    expect(resourceKey(standardTypes, 'ACME', 'MSISDN', '+18685550101')).toEqual({
      ...{ type: 'MSISDN', scope: '', value: '18685550101' },
    });
    expect(resourceKey(standardTypes, 'ACME', 'USERNAME', 'Ana')?.scope).toBe('ACME');
  });

  it('does not exist for a type that is not configured', () => {
    expect(resourceKey(standardTypes, 'ACME', 'FAX', '18685550101')).toBeUndefined();
  });
});

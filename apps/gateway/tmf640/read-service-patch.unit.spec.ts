import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SimyardError } from '#libs/errors';
import { mergePatch } from './merge-patch.js';
import { readServicePatch, servicePatchTypes } from './read-service-patch.js';
import type { ServiceBody } from './service-body.js';

const service: ServiceBody = {
  ...{ id: 'i', href: 'https://simyard.example/service/i', '@type': 'Service', state: 'active', name: 'A' },
  ...{ serviceDate: '2026-01-31T12:00:00.000Z', serviceSpecification: { id: 'iot' } },
  serviceCharacteristic: [{ name: 'ICCID', valueType: 'string', value: '8901260012345678902' }],
  relatedParty: [{ id: 'ACME', role: 'customer', '@referredType': 'Organization' }],
};

const merged = (patch: unknown) => readServicePatch('application/merge-patch+json', patch, service);
const patched = (patch: unknown) => readServicePatch('application/json-patch+json', patch, service);

describe('a patch of a service', () => {
  it.each<[string, unknown, object]>([
    ['state and name', { state: 'inactive', name: 'B' }, { state: 'Suspended', attributes: { name: 'B' } }],
    ['what is there already', { ...service }, { attributes: {} }],
    ['nothing', {}, { attributes: {} }],
    ['null', { name: null, description: null }, { attributes: { name: null } }],
  ])('is the difference that it makes: %s', (_, patch, change) => {
    expect(merged(patch)).toEqual(change);
  });

  it('may test, and come to the same by several operations', () => {
    const there = { op: 'test', path: '/serviceSpecification/id', value: 'iot' };
    const copy = { op: 'copy', from: '/name', path: '/description' };
    const back = { op: 'move', from: '/description', path: '/name' };
    expect(patched([there, copy, back])).toEqual({ attributes: {} });
    expect(patched([there, copy])).toEqual({ attributes: { description: 'A' } });
  });

  it.each(['', '/serviceDate', '/serviceCharacteristic/0', '/relatedParty/-'])('does not change %p', (path) => {
    const op = path.endsWith('-') ? 'add' : 'replace';
    expect(() => patched([{ op, path, value: { name: 'x' } }])).toThrow(/cannot be changed/);
  });

  it('is read or refused, whatever it is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...servicePatchTypes), fc.jsonValue(), (type, patch) => {
        try {
          expect(readServicePatch(type, patch, service)).toMatchObject({ attributes: expect.any(Object) });
        } catch (error) {
          expect(error).toBeInstanceOf(SimyardError);
        }
      }),
    );
  });
});

it('merges as the examples of RFC 7396 do', () => {
  const examples: [unknown, unknown, unknown][] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [target, patch, result] of examples) expect(mergePatch(target, patch)).toEqual(result);
});

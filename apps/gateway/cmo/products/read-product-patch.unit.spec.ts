import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { errorCodes, SimyardError } from '#libs/errors';
import type { ProductRow } from '#libs/inventory';
import { patchTypes, type PatchType } from '../../http/request-bodies.js';
import { productBody, simCardBody } from './product-body.js';
import { changesNothing, readProductPatch, type ProductChange } from './read-product-patch.js';

const iccid = '8988228066600000001';
const row: ProductRow = {
  ...{ platform: 'JASPER', iccid, accountId: 'ACME-TT', state: 'Active', imsi: null, status: 'ACTIVE' },
  firstActivatedAt: null,
  customProperties: [
    { name: 'colour', value: 'red' },
    { name: 'depot', value: 'A' },
    { name: 'shelf', value: '7' },
  ],
  identifiers: [{ type: 'MSISDN', value: '18685550101' }],
};
const product = productBody(row, 'https://cmo.example/connection-management-orchestrator/v5', 'ACME');
const subscriber = { identifier: { type: 'ICCID', value: iccid } };

const patched = (...operations: unknown[]): ProductChange =>
  readProductPatch('application/json-patch+json', operations, product);
const queried = (...operations: unknown[]): ProductChange =>
  readProductPatch('application/json-patch-query+json', operations, product);

/** What a patch is refused with. */
function refusal(type: PatchType, patch: unknown): { code: string; message: string; index: unknown } | undefined {
  try {
    readProductPatch(type, patch, product);
    return undefined;
  } catch (error) {
    if (!(error instanceof SimyardError)) throw error;
    return { code: error.code, message: error.message, index: error.details?.['index'] };
  }
}
const pointerRefusal = (...operations: unknown[]) => refusal('application/json-patch+json', operations);
const queryRefusal = (...operations: unknown[]) => refusal('application/json-patch-query+json', operations);

const suspend = { op: 'replace', path: '/status', value: 'SUSPENDED' };
const blue = { name: 'MyFavoriteColour', value: 'Blue' };

describe('a JSON Patch of a product', () => {
  it('of its status changes the SIM’s, of the connection as of the card', () => {
    const change = { command: 'ChangeSimStatus', data: { subscriber, status: 'SUSPENDED' } };
    expect(patched(suspend)).toEqual(change);
    expect(patched({ op: 'test', path: '/status', value: 'ACTIVE' }, suspend)).toEqual(change);
    expect(readProductPatch('application/json-patch+json', [suspend], simCardBody(row, 'b', 'ACME'))).toEqual(change);
  });

  it('of its account transfers the SIM, however much of relatedParty it replaces', () => {
    const change = { command: 'TransferSim', data: { subscriber, accountId: 'ACME-JM' } };
    expect(patched({ op: 'replace', path: '/relatedParty/0/id', value: 'ACME-JM' })).toEqual(change);
    expect(patched({ op: 'replace', path: '/relatedParty/0', value: { id: 'ACME-JM' } })).toEqual(change);
    expect(patched({ op: 'replace', path: '/relatedParty', value: [{ id: 'ACME-JM', role: 'account' }] })).toEqual(
      change,
    );
  });

  it.each([
    ['adds one', [{ op: 'add', path: '/customProperty/-', value: blue }], [blue], []],
    ['removes one', [{ op: 'remove', path: '/customProperty/1' }], [], ['depot']],
    [
      'gives one another value',
      [{ op: 'replace', path: '/customProperty/0/value', value: 'b' }],
      [{ name: 'colour', value: 'b' }],
      [],
    ],
    [
      'renames one',
      [{ op: 'replace', path: '/customProperty/0/name', value: 'c' }],
      [{ name: 'c', value: 'red' }],
      ['colour'],
    ],
    ['replaces all', [{ op: 'replace', path: '/customProperty', value: [blue] }], [blue], ['colour', 'depot', 'shelf']],
    ['removes all', [{ op: 'remove', path: '/customProperty' }], [], ['colour', 'depot', 'shelf']],
    ['moves one', [{ op: 'move', from: '/customProperty/0', path: '/customProperty/2' }], [], []],
    ['changes nothing', [{ op: 'replace', path: '/customProperty/0/value', value: 'red' }], [], []],
    [
      'copies one and renames the copy',
      [
        { op: 'copy', from: '/customProperty/0', path: '/customProperty/-' },
        { op: 'replace', path: '/customProperty/3/name', value: 'copy' },
      ],
      [{ name: 'copy', value: 'red' }],
      [],
    ],
    [
      'swaps two names',
      [
        { op: 'replace', path: '/customProperty/0/name', value: 'depot' },
        { op: 'replace', path: '/customProperty/1/name', value: 'colour' },
      ],
      [
        { name: 'depot', value: 'red' },
        { name: 'colour', value: 'A' },
      ],
      [],
    ],
  ])('of its custom properties that %s is told as a difference by name', (_, operations, set, remove) => {
    const change = patched(...operations);
    expect(change).toEqual({ command: 'AssignCustomProperties', data: { subscriber, set, remove } });
    expect(changesNothing(change)).toBe(set.length + remove.length === 0);
  });

  it.each([
    [
      'a path that is not there',
      1,
      [suspend, { op: 'replace', path: '/state', value: 'x' }],
      '/state cannot be changed',
    ],
    ['its id', 0, [{ op: 'replace', path: '/id', value: 'x' }], '/id cannot be changed'],
    ['its card', 0, [{ op: 'replace', path: '/product/0/status', value: 'ACTIVE' }], 'cannot be changed'],
    ['itself', 0, [{ op: 'replace', path: '', value: {} }], 'the product itself cannot be changed'],
    ['what is below its status', 0, [{ op: 'replace', path: '/status/0', value: 'x' }], 'cannot be changed'],
    ['its status by removal', 0, [{ op: 'remove', path: '/status' }], 'can only be replaced'],
    ['its status by addition', 0, [{ op: 'add', path: '/status', value: 'ACTIVE' }], 'can only be replaced'],
    ['its status to another word', 0, [{ op: 'replace', path: '/status', value: 'SUSPEND' }], 'status must be one of'],
    ['one more account', 0, [{ op: 'add', path: '/relatedParty/-', value: { id: 'x' } }], 'can only be replaced'],
    ['its account to none', 0, [{ op: 'replace', path: '/relatedParty', value: [] }], 'must be one account'],
    ['its account to a number', 0, [{ op: 'replace', path: '/relatedParty/0/id', value: 7 }], 'must be one account'],
    [
      'two parts of it',
      2,
      [suspend, suspend, { op: 'remove', path: '/customProperty/0' }],
      'cannot be changed together',
    ],
    ['a test that fails', 0, [{ op: 'test', path: '/status', value: 'INACTIVE' }, suspend], 'test failed'],
    [
      'what another place has',
      0,
      [{ op: 'move', from: '/status', path: '/customProperty/-' }],
      '/status cannot be changed',
    ],
    [
      'a property that is not there',
      1,
      [
        { op: 'remove', path: '/customProperty/0' },
        { op: 'remove', path: '/customProperty/2' },
      ],
      "can't remove nonexistent item",
    ],
    [
      'a property of no name',
      0,
      [{ op: 'add', path: '/customProperty/-', value: { value: 'x' } }],
      'must be {"name","value"}',
    ],
    ['a property with more', 0, [{ op: 'add', path: '/customProperty/0/x', value: 'y' }], 'must be {"name","value"}'],
    [
      'a property that is a number',
      0,
      [{ op: 'replace', path: '/customProperty/0/value', value: 7 }],
      'must be {"name","value"}',
    ],
    [
      'a name twice',
      1,
      [
        { op: 'remove', path: '/customProperty/1' },
        { op: 'add', path: '/customProperty/-', value: { name: 'shelf', value: '8' } },
      ],
      'has a name twice',
    ],
    ['json-p3’s own pointers', 0, [{ op: 'remove', path: '/customProperty/#1' }], 'no such property'],
    [
      'the prototype',
      0,
      [{ op: 'add', path: '/customProperty/0/__proto__', value: { name: 'x' } }],
      'no such property',
    ],
    ['no pointer', 0, [{ op: 'remove', path: 'customProperty' }], 'no JSON Pointer'],
    ['another operation', 0, [{ op: 'merge', path: '/status', value: 'x' }], 'op must be one of'],
    ['no value', 0, [{ op: 'replace', path: '/status' }], 'value is missing'],
    ['no path', 0, [{ op: 'replace', value: 'x' }], 'path must be a text'],
    ['no object', 1, [suspend, null], 'must be an object'],
  ])('is refused for %s, and names the operation', (_, index, operations, why) => {
    expect(pointerRefusal(...operations)).toEqual({
      ...{ code: 'JSON_PATCH_INVALID', index, message: expect.stringContaining(why) },
    });
    expect(pointerRefusal(...operations)?.message).toMatch(new RegExp(`^Operation ${index}: .*\\.$`, 's'));
  });

  it('is refused when it is none, or asks for nothing', () => {
    for (const patch of [undefined, null, {}, 'x', [], Array.from({ length: 201 }, () => suspend)]) {
      expect(refusal('application/json-patch+json', patch)).toMatchObject({ code: 'JSON_PATCH_INVALID' });
    }
    expect(pointerRefusal({ op: 'test', path: '/status', value: 'ACTIVE' })?.message).toBe(
      'The patch changes nothing.',
    );
  });

  it('may not give more than a hundred custom properties, nor grow without end', () => {
    const many = Array.from({ length: 101 }, (__, n) => ({ name: `n${n}`, value: '' }));
    const all = { op: 'replace', path: '/customProperty', value: many.slice(1) };
    expect(patched(all)).toHaveProperty('data.set.length', 100);
    expect(pointerRefusal(all, { op: 'add', path: '/customProperty/-', value: blue })).toMatchObject({ index: 1 });
    const double = { op: 'copy', from: '/customProperty', path: '/customProperty/-' };
    expect(pointerRefusal(...Array.from({ length: 200 }, () => double))?.message).toContain('too large');
    const parts = { op: 'add', path: '/customProperty/-', value: Array.from({ length: 1000 }, () => 0) };
    const text = { op: 'add', path: '/customProperty/-', value: { name: 'long', value: 'x'.repeat(250_000) } };
    for (const large of [parts, text]) {
      const away = { op: 'remove', path: '/customProperty/3' };
      expect(pointerRefusal(large, away)).toMatchObject({ index: 0, message: expect.stringContaining('too large') });
    }
  });

  it('does not change the product, nor the patch', () => {
    const before = structuredClone(product);
    const operations = [
      { op: 'replace', path: '/customProperty', value: [{ name: 'a', value: 'b' }] },
      { op: 'replace', path: '/customProperty/0/value', value: 'c' },
    ];
    const asSent = structuredClone(operations);
    patched(...operations);
    expect([product, operations]).toEqual([before, asSent]);
  });
});

describe('a JSON Patch by JSONPath', () => {
  it.each([
    [
      'of a name',
      [{ op: 'replace', path: "$.customProperty[?@.name=='colour'].value", value: 'b' }],
      [{ name: 'colour', value: 'b' }],
      [],
    ],
    [
      'of several',
      [{ op: 'remove', path: "$.customProperty[?@.name=='colour' || @.value=='7']" }],
      [],
      ['colour', 'shelf'],
    ],
    ['of all', [{ op: 'remove', path: '$.customProperty[*]' }], [], ['colour', 'depot', 'shelf']],
    ['of one named twice', [{ op: 'remove', path: '$.customProperty[2,0,2]' }], [], ['colour', 'shelf']],
    ['of the list', [{ op: 'add', path: '$.customProperty', value: blue }], [blue], []],
  ])('changes the properties %s', (_, operations, set, remove) => {
    expect(queried(...operations)).toEqual({ command: 'AssignCustomProperties', data: { subscriber, set, remove } });
  });

  it('takes a dollar and full stops in texts for what they are', () => {
    const odd = { name: '$..', value: '' };
    const change = queried(
      { op: 'add', path: "$['customProperty']", value: odd },
      { op: 'replace', path: "$.customProperty[?@.name=='$..'].value", value: 'x' },
    );
    expect(change).toHaveProperty('data.set', [{ ...odd, value: 'x' }]);
  });

  it('tests each place it names', () => {
    const replace = { op: 'replace', path: '$.customProperty[0].value', value: 'b' };
    expect(
      queried({ op: 'test', path: "$.customProperty[?@.name=='depot'].value", value: 'A' }, replace),
    ).toHaveProperty('data.set.length', 1);
    expect(queryRefusal(replace, { op: 'test', path: '$.customProperty[*].value', value: 'A' })).toMatchObject({
      index: 1,
    });
  });

  it.each([
    ['names nothing', { op: 'remove', path: "$.customProperty[?@.name=='x']" }, 'names nothing'],
    ['names the status', { op: 'replace', path: '$.status', value: 'ACTIVE' }, 'cannot be changed by JSONPath'],
    ['names the id', { op: 'replace', path: '$.id', value: 'x' }, 'cannot be changed'],
    ['names the product', { op: 'replace', path: '$', value: {} }, 'cannot be changed'],
    ['is a pointer', { op: 'remove', path: '/customProperty/0' }, 'no JSONPath'],
    [
      'runs a regular expression',
      { op: 'remove', path: "$.customProperty[?search(@.value, '(a+)+$')]" },
      'no JSONPath',
    ],
    ['looks everywhere', { op: 'remove', path: '$..name' }, 'no `..`'],
    [
      'looks at all for each',
      { op: 'remove', path: '$.customProperty[?$.customProperty[?@.name]]' },
      '$ at its beginning',
    ],
    [
      'names a place again and again',
      { op: 'remove', path: `$.customProperty[${Array(200).fill('*').join()}][*,*,*]` },
      'up to 4 commas',
    ],
    ['moves', { op: 'move', from: '$.customProperty[0]', path: '$.customProperty[1]' }, 'not possible by JSONPath'],
  ])('that %s is refused', (_, operation, why) => {
    expect(queryRefusal(operation)).toMatchObject({ index: 0, message: expect.stringContaining(why) });
  });

  it('may not name more places than a product has', () => {
    const zeros = { op: 'add', path: '$.customProperty', value: Array.from({ length: 500 }, () => 0) };
    expect(queryRefusal(zeros, { op: 'remove', path: '$.customProperty[3][*,*,*]' })).toMatchObject({
      ...{ index: 1, message: expect.stringContaining('too many') },
    });
  });
});

describe('whatever is sent as a patch', () => {
  const path = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '/status',
      '/customProperty',
      '/customProperty/-',
      '/customProperty/0',
      '/customProperty/1/value',
      '/relatedParty/0/id',
      '',
    ),
    fc.constantFrom(
      '$',
      '$.customProperty[*]',
      '$.customProperty[0].value',
      "$.customProperty[?@.name=='colour']",
      '$[?@]',
      '$.status',
    ),
  );
  const operation = fc.record(
    {
      op: fc.oneof(fc.string(), fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test')),
      path,
      from: path,
      value: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  const patch = fc.oneof(fc.jsonValue(), fc.array(operation, { maxLength: 6 }));

  it('is a change, or refused as the caller’s fault', () => {
    fc.assert(
      fc.property(fc.constantFrom(...patchTypes), patch, (type, sent) => {
        const { code } = refusal(type, sent) ?? { code: 'JSON_PATCH_INVALID' };
        expect(errorCodes[code as keyof typeof errorCodes].disposition).toBe('reject');
        expect(Object.prototype).not.toHaveProperty('polluted');
      }),
      { numRuns: 2000 },
    );
  });

  it('changes custom properties exactly as json does', () => {
    const property = fc.record({ name: fc.string({ minLength: 1, maxLength: 3 }), value: fc.string({ maxLength: 3 }) });
    const properties = fc.uniqueArray(property, { selector: ({ name }) => name, maxLength: 8 });
    fc.assert(
      fc.property(properties, properties, (before, after) => {
        const had = productBody({ ...row, customProperties: before }, 'b', 'ACME');
        const replace = [{ op: 'replace', path: '/customProperty', value: after }];
        const change = readProductPatch('application/json-patch+json', replace, had);
        if (change.command !== 'AssignCustomProperties') throw new Error(change.command);
        const { set = [], remove = [] } = change.data;
        const result = new Map(before.map(({ name, value }) => [name, value]));
        for (const name of remove) expect(result.delete(name)).toBe(true);
        for (const { name, value } of set) result.set(name, value);
        expect(result).toEqual(new Map(after.map(({ name, value }) => [name, value])));
      }),
    );
  });
});

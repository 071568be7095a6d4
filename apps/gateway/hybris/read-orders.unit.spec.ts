import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { SimyardError } from '#libs/errors';
import { orderTypes } from './order-types.js';
import { readOrders } from './read-orders.js';

const iccids = (...value: unknown[]) => ({ name: 'ICCIDs', valueType: 'array', value });
const orderType = (value: unknown) => ({ name: 'OrderType', valueType: 'String', value });
const patch = (op: string, ...value: unknown[]) => ({ op, path: 'characteristics', value });

describe('readOrders', () => {
  it('reads the request of seed 004', () => {
    expect(readOrders([patch('add', iccids('93898343489', 'eu3u43f9dj393'), orderType('Activate'))], 10_000)).toEqual([
      { iccid: '93898343489', orderType: 'Activate' },
      { iccid: 'eu3u43f9dj393', orderType: 'Activate' },
    ]);
  });

  it.each(Object.entries(orderTypes))('takes %s by its own operation, and by no other', (name, { op }) => {
    expect(readOrders([patch(op, orderType(name), iccids('1'))], 1)).toEqual([{ iccid: '1', orderType: name }]);
    const other = op === 'add' ? 'replace' : 'add';
    expect(() => readOrders([patch(other, orderType(name), iccids('1'))], 1)).toThrow(
      `Please Verify the Mandatory Parameters: /0/op must be ${op} for ${name}`,
    );
  });

  it('takes several operations, a path with a slash, characteristics without a type, and an ICCID once', () => {
    const body = [
      patch('replace', iccids('1', '2', '1'), orderType('Suspend')),
      { op: 'replace', path: '/characteristics', value: [{ name: 'OrderType', value: 'Resume' }, iccids('3')] },
      patch('replace', iccids('2', '4'), orderType('Suspend')),
    ];
    expect(readOrders(body, 4).map(({ iccid, orderType: name }) => `${iccid} ${name}`)).toEqual([
      '1 Suspend',
      '2 Suspend',
      '3 Resume',
      '4 Suspend',
    ]);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, ''],
    ['null', null, ''],
    ['an object', {}, ': the body must be a list of patch operations'],
    ['an empty list', [], ': the body must be a list of patch operations'],
    ['a text for an operation', ['add'], ': /0 must be an object'],
    ['no op', [{ path: 'characteristics', value: [] }], ': /0/op must be add or replace'],
    ['another op', [patch('remove', iccids('1'), orderType('Activate'))], ': /0/op must be add or replace'],
    ['no path', [{ op: 'add', value: [] }], ': /0/path must be characteristics'],
    ['another path', [{ op: 'add', path: 'state', value: [] }], ': /0/path must be characteristics'],
    ['no value', [{ op: 'add', path: 'characteristics' }], ': /0/value must be a list of characteristics'],
    ['no OrderType', [patch('add', iccids('1'))], ': /0/value must have the characteristic OrderType'],
    ['no ICCIDs', [patch('add', orderType('Activate'))], ': /0/value must have the characteristic ICCIDs'],
    [
      'another OrderType',
      [patch('add', iccids('1'), orderType('activate'))],
      ': /0/value/1/value must be one of Activate, Disconnect, Suspend, Resume',
    ],
    [
      'an OrderType of Object',
      [patch('add', iccids('1'), orderType('constructor'))],
      ': /0/value/1/value must be one of Activate, Disconnect, Suspend, Resume',
    ],
    [
      'no list of ICCIDs',
      [patch('add', { name: 'ICCIDs', value: '1' }, orderType('Activate'))],
      ': /0/value/0/value must be a list of ICCIDs',
    ],
    [
      'an empty list of ICCIDs',
      [patch('add', iccids(), orderType('Activate'))],
      ': /0/value/0/value must be a list of ICCIDs',
    ],
    [
      'a number for an ICCID',
      [patch('add', iccids('1', 2), orderType('Activate'))],
      ': /0/value/0/value/1 must be a text of 1 to 32 characters',
    ],
    [
      'an empty ICCID',
      [patch('add', iccids(''), orderType('Activate'))],
      ': /0/value/0/value/0 must be a text of 1 to 32 characters',
    ],
    [
      'another characteristic',
      [patch('add', { name: 'IMSI', value: [] })],
      ': /0/value/0/name must be ICCIDs or OrderType',
    ],
    [
      'a characteristic twice',
      [patch('add', iccids('1'), iccids('2'), orderType('Activate'))],
      ': /0/value/1/name is ICCIDs for the second time',
    ],
    [
      'a valueType that is no text',
      [patch('add', { ...iccids('1'), valueType: 1 })],
      ': /0/value/0/valueType must be a text',
    ],
    [
      'an unknown member',
      [{ ...patch('add', iccids('1'), orderType('Activate')), from: '/x' }],
      ': /0/from is not known',
    ],
    [
      'two orders for one ICCID',
      [patch('add', iccids('1'), orderType('Activate')), patch('replace', iccids('1'), orderType('Suspend'))],
      ': /1/value asks for Suspend of an ICCID that is to Activate',
    ],
    [
      'too many ICCIDs',
      [patch('add', iccids('1', '2', '3'), orderType('Activate'))],
      ': the body must not have more than 2 ICCIDs',
    ],
  ])('refuses %s, and says where', (_, body, where) => {
    expect(() => readOrders(body, 2)).toThrow(
      new SimyardError('REQUEST_INVALID', { message: `Please Verify the Mandatory Parameters${where}` }),
    );
  });

  it('reads any body, or refuses it', () => {
    const property = fc.property(fc.jsonValue(), (body) => {
      try {
        readOrders(body, 10);
      } catch (error) {
        expect(error).toMatchObject({ code: 'REQUEST_INVALID' });
      }
    });
    fc.assert(property, { numRuns: 2000 });
    expect.hasAssertions();
  });
});

describe('docs', () => {
  const rowsOf = (page: string) =>
    readFileSync(page, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) =>
        line
          .split('|')
          .map((cell) => cell.trim())
          .slice(1, -1),
      );

  it.each(Object.entries(orderTypes))('say what %s is for, and what follows', (name, { op, status, from }) => {
    expect(rowsOf('docs/hybris.md')).toContainEqual([name, op, from.join(', '), status]);
    const states = rowsOf('docs/states.md').find(([sim]) => sim === status);
    expect(states?.[4]?.split(', ')).toContain(name);
  });
});

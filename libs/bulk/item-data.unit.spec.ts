import { describe, expect, it } from '@jest/globals';
import { maxTextLength } from '#libs/contracts';
import { checkItem, isItemKey, toItemData } from './item-data.js';

const subscriber = { externalId: 'S-1' };

describe('toItemData', () => {
  it.each<[string, Record<string, string>, Record<string, unknown>]>([
    ['a row by externalId', { key: 'k', externalId: 'S-1', offerId: 'O' }, { subscriber, offerId: 'O' }],
    ['a row by refId', { refId: 'r' }, { subscriber: { refId: 'r' } }],
    [
      'a row by an identifier',
      { identifierType: 'ICCID', identifier: '8901' },
      { subscriber: { identifier: { type: 'ICCID', value: '8901' } } },
    ],
    [
      'half an identifier, which is invalid then',
      { identifier: '1' },
      { subscriber: { identifier: { type: '', value: '1' } } },
    ],
    ['empty cells, which are left out', { externalId: '', refId: 'r', state: '' }, { subscriber: { refId: 'r' } }],
    ['a row that names nobody', { state: 'Active' }, { state: 'Active' }],
  ])('reads %s', (_, row, data) => {
    expect(toItemData(row)).toEqual(data);
  });
});

describe('checkItem', () => {
  it('takes what its command would take, also without a requestId', () => {
    const item = { subscriber, resourceType: 'MSISDN', swapResource: '1', resource: '2' };
    expect(checkItem('SwapSubscriberResource', item).data).toMatchObject(item);
    expect(JSON.stringify(checkItem('ResetActivationTime', { subscriber }).data)).toBe(
      '{"subscriber":{"externalId":"S-1"}}',
    );
  });

  it.each<[string, unknown, string]>([
    ['what is no object', 'S-1', ''],
    ['a wrong type', { subscriber, state: 7 }, 'state'],
    ['a wrong type within', { subscriber: { externalId: 7 }, state: 'Active' }, 'subscriber.externalId'],
    ['an unknown property', { subscriber, state: 'Active', colour: 'red' }, 'colour'],
    ['a missing attribute', { subscriber }, 'state'],
    ['a reference that names nobody', { subscriber: {}, state: 'Active' }, 'subscriber'],
    ['text that the database cannot hold', { subscriber: { externalId: 'a\u0000b' }, state: 'Active' }, ''],
    ['half a character', { subscriber: { externalId: '\ud800' }, state: 'Active' }, ''],
  ])('refuses %s', (_, plain, field) => {
    const { data, problems } = checkItem('ChangeSubscriberStatus', plain);
    expect(data).toBeUndefined();
    expect(problems[0]).toMatchObject({ field });
  });

  it('ignores what a newer producer adds, when told so, and leaves it out', () => {
    const plain = { subscriber, state: 'Active', colour: 'red' };
    expect(checkItem('ChangeSubscriberStatus', plain, 'ignore').data).not.toHaveProperty('colour');
  });
});

describe('isItemKey', () => {
  it.each(['', 'a\u0000', 'a\nb', '\ud800', 'x'.repeat(maxTextLength + 1)])('refuses %j', (key) => {
    expect(isItemKey(key)).toBe(false);
  });
  it('takes any other text', () => {
    expect(isItemKey('ü 1')).toBe(true);
  });
});

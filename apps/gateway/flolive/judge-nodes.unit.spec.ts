import { describe, expect, it } from '@jest/globals';
import type { FoundSubscriber } from '#libs/inventory';
import { standardTypes } from '#libs/testing';
import { offerForm, resetForm, simStatusForm } from './bulk-forms.js';
import { judgeNodes } from './judge-nodes.js';
import { readNodes } from './read-nodes.js';

const node = (type: string, value: string, content: unknown = {}) => ({
  subscriberIdentifiers: { type, value },
  content,
});
const imsi = (last: number) => node('IMSI', `22201309096383${last}`);
const subscriber = (subscriberId: string): FoundSubscriber => ({
  ...{ subscriberId, tenantId: 'ACME', accountId: 'ACME', accountPath: ['ACME'] },
});
const most = 200;

describe('the nodes of a bulk', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an array', [imsi(0)]],
    ['no bulk', {}],
    ['a bulk that is no array', { bulk: imsi(0) }],
    ['no node', { bulk: [] }],
    ['too many nodes', { bulk: Array.from({ length: most + 1 }, () => imsi(0)) }],
    ['an unknown property', { bulk: [imsi(0)], dryRun: true }],
  ])('are refused as a whole with %s', (_, body) => {
    expect(() => readNodes(body, resetForm, most)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  });

  it('are told back as far as they can be read', () => {
    const bulk = [imsi(0), 5, null, { subscriberIdentifiers: { type: 'imsi', value: 7 }, content: [] }];
    const nothing = { subscriberIdentifiers: { type: '', value: '' }, content: {} };
    expect(readNodes({ bulk }, resetForm, most)).toEqual([
      { ...imsi(0), attributes: {} },
      nothing,
      nothing,
      { ...nothing, subscriberIdentifiers: { type: 'imsi', value: '' } },
    ]);
  });

  it.each([
    ['lower case', resetForm, node('imsi', '222013090963830')],
    ['another type', resetForm, node('EMAIL', 'a@example.com')],
    ['no value', resetForm, node('IMSI', '')],
    ['no content', resetForm, { subscriberIdentifiers: imsi(0).subscriberIdentifiers }],
    ['content that is not asked for', resetForm, { ...imsi(0), content: { status: 'ACTIVE' } }],
    ['an unknown property', resetForm, { ...imsi(0), requestId: '1' }],
    ['an unknown identifier', resetForm, { content: {}, subscriberIdentifiers: { type: 'IMSI', value: '1', id: '1' } }],
    ['no status', simStatusForm, imsi(0)],
    ["OCS's word", simStatusForm, { ...imsi(0), content: { status: 'SUSPENDED' } }],
    ['no offer', offerForm('AttachOffer'), imsi(0)],
    ['an offer that is too long', offerForm('DetachOffer'), { ...imsi(0), content: { offerId: 'x'.repeat(65) } }],
  ])('are not valid with %s', (_, form, plain) => {
    const [read] = readNodes({ bulk: [plain] }, form, most);
    expect(read?.attributes).toBeUndefined();
  });

  it.each([
    ['ACTIVE', 'ACTIVE'],
    ['SUSPEND', 'SUSPENDED'],
    ['INACTIVE', 'INACTIVE'],
    ['TERMINATED', 'TERMINATED'],
  ])('name the status %s of a SIM, which is %s', (word, status) => {
    const [read] = readNodes({ bulk: [{ ...imsi(0), content: { status: word } }] }, simStatusForm, most);
    expect(read?.attributes).toEqual({ status });
  });

  it('fail by their format, without a subscriber, or when they name one again', () => {
    const bulk = [imsi(0), node('IMSI', 'abc'), imsi(1), node('MSISDN', '18685550101'), imsi(0), node('ICCID', '89')];
    const found = [subscriber('s-1'), undefined, undefined, subscriber('s-1'), subscriber('s-1'), undefined];
    const { ready, failed } = judgeNodes(readNodes({ bulk }, resetForm, most), found, standardTypes, 'ACME');
    expect(ready.map(({ subscriberId }) => subscriberId)).toEqual(['s-1']);
    expect(failed.map(({ code, subscriberIdentifiers }) => [subscriberIdentifiers.value, code])).toEqual([
      ['abc', 'REQUEST_INVALID'],
      [imsi(1).subscriberIdentifiers.value, 'SUBSCRIBER_NOT_FOUND'],
      ['18685550101', 'REQUEST_INVALID'],
      [imsi(0).subscriberIdentifiers.value, 'REQUEST_INVALID'],
      ['89', 'REQUEST_INVALID'],
    ]);
  });
});

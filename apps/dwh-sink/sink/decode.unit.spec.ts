import { describe, expect, it } from '@jest/globals';
import { contentTypeStructured } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import type { KafkaRecord } from '#libs/kafka';
import { change, recordOf } from '../testing/changes.js';
import { decodeChange } from './decode.js';
import { decodeAll } from './sink.js';

describe('decodeChange', () => {
  it('reads a change in binary mode, with its position', () => {
    const value = change();
    expect(decodeChange(recordOf(value))).toEqual({
      change: value,
      json: { before: null, after: JSON.stringify(value.after) },
      eventId: 'event-1',
      topic: 'simyard.business-transactions.v1',
      partition: 3,
      offset: 42n,
    });
  });

  it('reads a change in structured mode', () => {
    const value = change();
    const event = { specversion: '1.0', id: 'e-7', source: '/x', type: 'simyard.EntityChanged.v1', data: value };
    const headers = { 'content-type': `${contentTypeStructured}; charset=utf-8` };
    expect(decodeChange(recordOf(event, { headers }))).toMatchObject({ change: value, eventId: 'e-7' });
  });

  it('takes unknown properties, unknown entity types and absent optional ids', () => {
    const value = change({ entityType: 'Offer' as 'SIM' });
    delete value.businessTransaction.requestId;
    const newer = { ...value, region: 'EU', businessTransaction: { ...value.businessTransaction, region: 'EU' } };
    expect(decodeChange(recordOf(newer)).change).toMatchObject({ entityType: 'Offer' });
  });

  it.each<[string, string, Partial<KafkaRecord>]>([
    ['no value', 'MESSAGE_EMPTY', { value: null }],
    ['an empty value', 'MESSAGE_EMPTY', { value: Buffer.alloc(0) }],
    ['bad UTF-8', 'MESSAGE_NOT_UTF8', { value: Buffer.from([0x22, 0xff, 0x22]) }],
    ['broken JSON', 'MESSAGE_NOT_JSON', { value: Buffer.from('{"a":') }],
    ['an array', 'MESSAGE_DATA_INVALID', { value: Buffer.from('[]') }],
    ['null', 'MESSAGE_DATA_INVALID', { value: Buffer.from('null') }],
    ['a deep array', 'MESSAGE_TOO_DEEP', { value: Buffer.from('['.repeat(100_000) + ']'.repeat(100_000)) }],
    ['no headers', 'MESSAGE_ENVELOPE_INVALID', { headers: {} }],
    ['a header given twice', 'MESSAGE_ENVELOPE_INVALID', { headers: { ...recordOf({}).headers, ce_id: ['a', 'b'] } }],
    ['another type', 'MESSAGE_ENVELOPE_INVALID', { headers: { ...recordOf({}).headers, ce_type: 'simyard.Other.v1' } }],
    [
      'another specversion',
      'MESSAGE_ENVELOPE_INVALID',
      { headers: { ...recordOf({}).headers, ce_specversion: '2.0' } },
    ],
  ])('refuses %s as %s', (_, code, options) => {
    expect(codeOf(recordOf(change(), options))).toBe(code);
  });

  it.each<[string, unknown]>([
    ['businessTransaction', undefined],
    ['businessTransaction.id', 'no-uuid'],
    ['businessTransaction.operationId', undefined],
    ['businessTransaction.tenant', ''],
    ['businessTransaction.accountId', 'x'.repeat(256)],
    ['businessTransaction.correlationId', 'a\u0000b'],
    ['businessTransaction.actor', '\ud800'],
    ['businessTransaction.requestId', 7],
    ['businessTransaction.occurredAt', '2026-02-30T00:00:00.000Z'],
    ['businessTransaction.occurredAt', '2026-02-28T00:00:00.000+01:00'],
    ['businessTransaction.occurredAt', '0000-01-01T00:00:00.000Z'],
    ['businessTransaction.entityCount', 0],
    ['sequence', 1.5],
    ['entityType', 'A/B'],
    ['entityId', null],
    ['version', 0],
    ['version', 2 ** 31],
    ['version', '1'],
    ['operation', 'REMOVED'],
    ['before', undefined],
    ['after', []],
  ])('names the field %s when it is %j', (field, value) => {
    const data: Record<string, unknown> = JSON.parse(JSON.stringify(change()));
    const path = field.split('.');
    const parent = path.length === 1 ? data : (data['businessTransaction'] as Record<string, unknown>);
    parent[path.at(-1)!] = value;
    const error = errorOf(recordOf(data));
    expect(error.code).toBe('MESSAGE_DATA_INVALID');
    expect(error.details?.['field']).toBe(field);
  });

  it('keeps the good ones of a slice apart from the others', () => {
    const records = [recordOf(change()), recordOf(null, { offset: 43n }), recordOf(change(), { offset: 44n })];
    const { changes, unreadable } = decodeAll(records);
    expect(changes.map(({ offset }) => offset)).toEqual([42n, 44n]);
    expect(unreadable.map(({ record }) => record.offset)).toEqual([43n]);
  });
});

const codeOf = (record: KafkaRecord) => errorOf(record).code;

function errorOf(record: KafkaRecord): SimyardError {
  try {
    decodeChange(record);
  } catch (error) {
    if (error instanceof SimyardError) return error;
    throw error;
  }
  throw new Error('The record was read');
}

import { randomUUID } from 'node:crypto';
import { toHeaders } from '#libs/contracts';
import type { ErrorCode } from '#libs/errors';
import type { RecordHeaders } from '#libs/kafka';
import { createSubscriber, envelopeOf, swap, type TestCommand } from './commands.js';

/** A record that can never be handled, and the cause its dead letter must name. */
export interface Poison {
  kind: string;
  cause: ErrorCode;
  /** of the command that it would have been: then it has an outcome too */
  id?: string;
  value: Buffer | string | null;
  headers: RecordHeaders;
}

const command = (): TestCommand => swap('SUB-0', '10000000000', '19999999999');
const headersOf = (changes: Poison['headers'] = {}): Poison['headers'] => ({
  ...toHeaders(envelopeOf(command())),
  ...changes,
});

function without(header: string): Poison['headers'] {
  const { [header]: _, ...others } = headersOf();
  return others;
}

const badBytes = Buffer.from([0x61, 0xff, 0xfe]);
const data = (changes: Record<string, unknown>): string => JSON.stringify({ ...command().data, ...changes });

const values: [kind: string, cause: ErrorCode, value: Buffer | string | null][] = [
  ['no value', 'MESSAGE_EMPTY', null],
  ['an empty value', 'MESSAGE_EMPTY', ''],
  ['broken JSON', 'MESSAGE_NOT_JSON', '{"requestId":"r",'],
  ['text', 'MESSAGE_NOT_JSON', 'swap SUB-0, please'],
  ['bytes that are not UTF-8', 'MESSAGE_NOT_UTF8', Buffer.from([0x22, 0xc3, 0x28, 0x22])],
  ['arrays in arrays', 'MESSAGE_TOO_DEEP', '['.repeat(100_000) + ']'.repeat(100_000)],
  ['objects in objects', 'MESSAGE_TOO_DEEP', '{"a":'.repeat(50) + '1' + '}'.repeat(50)],
  ['more than 512 KiB', 'MESSAGE_TOO_LARGE', data({ transactionId: 'x'.repeat(600 * 1024) })],
  ['an array', 'MESSAGE_DATA_INVALID', '[1,2]'],
  ['a number', 'MESSAGE_DATA_INVALID', '7'],
  ['a string', 'MESSAGE_DATA_INVALID', '"swap"'],
  ['null', 'MESSAGE_DATA_INVALID', 'null'],
  ['U+0000', 'MESSAGE_DATA_INVALID', data({ resource: '1868\u0000555' })],
  ['U+0000 in a property that is not known', 'MESSAGE_DATA_INVALID', data({ note: 'a\u0000' })],
  ['half a surrogate pair', 'MESSAGE_DATA_INVALID', data({ resource: 'ab' }).replace('ab', '\\ud800')],
  ['a number in place of a text', 'MESSAGE_DATA_INVALID', data({ resource: 18685550101 })],
  ['a text in place of a reference', 'MESSAGE_DATA_INVALID', data({ subscriber: 'SUB-0' })],
  ['an array in place of a reference', 'MESSAGE_DATA_INVALID', data({ subscriber: ['SUB-0'] })],
  ['an id that is no uuid', 'MESSAGE_DATA_INVALID', data({ subscriber: { refId: 'SUB-0' } })],
  ['a text that is too long', 'MESSAGE_DATA_INVALID', data({ resource: '1'.repeat(300) })],
];

const headers: [kind: string, cause: ErrorCode, headers: Poison['headers']][] = [
  ...['ce_id', 'ce_type', 'ce_source', 'ce_tenant', 'ce_actor'].map(
    (header): [string, ErrorCode, Poison['headers']] => [`no ${header}`, 'MESSAGE_ENVELOPE_INVALID', without(header)],
  ),
  ['no header at all', 'MESSAGE_ENVELOPE_INVALID', {}],
  ['an empty ce_id', 'MESSAGE_ENVELOPE_INVALID', headersOf({ ce_id: '' })],
  ['a ce_id of broken bytes', 'MESSAGE_ENVELOPE_INVALID', headersOf({ ce_id: badBytes })],
  ['ce_actor with a control character', 'MESSAGE_ENVELOPE_INVALID', headersOf({ ce_actor: 'acme\u0000crm' })],
  ['ce_tenant given twice', 'MESSAGE_ENVELOPE_INVALID', headersOf({ ce_tenant: ['ACME', 'GLOBEX'] })],
  ['ce_source that is too long', 'MESSAGE_ENVELOPE_INVALID', headersOf({ ce_source: 's'.repeat(300) })],
  ['ce_time without a value', 'MESSAGE_ENVELOPE_INVALID', headersOf({ ce_time: null })],
  ['a tenant nobody knows', 'TENANT_UNKNOWN', headersOf({ ce_tenant: 'INITECH' })],
  ['an actor nobody knows', 'TENANT_UNKNOWN', headersOf({ ce_actor: 'nobody' })],
  ["another tenant's actor", 'TENANT_UNKNOWN', headersOf({ ce_tenant: 'GLOBEX' })],
  ['a type nobody knows', 'COMMAND_TYPE_UNKNOWN', headersOf({ ce_type: 'simyard.PaintSubscriber.v1' })],
  ['a later version of a type', 'COMMAND_TYPE_UNKNOWN', headersOf({ ce_type: 'simyard.SwapSubscriberResource.v2' })],
  [
    'an operation that was never started',
    'OPERATION_UNKNOWN',
    headersOf({
      ce_source: '/simyard/gateway',
      ce_id: '0199f1de-7a3b-7c11-9d52-6a8f0c1e2b3d',
    }),
  ],
];

const structured = { 'content-type': 'application/cloudevents+json; charset=utf-8' };
const structuredModes: [kind: string, cause: ErrorCode, value: string][] = [
  ['structured mode without JSON', 'MESSAGE_NOT_JSON', 'specversion=1.0'],
  ['structured mode without an object', 'MESSAGE_ENVELOPE_INVALID', '[]'],
  ['structured mode without attributes', 'MESSAGE_ENVELOPE_INVALID', '{"specversion":"1.0","data":{}}'],
  ['structured mode with a number for an id', 'MESSAGE_ENVELOPE_INVALID', structuredEvent({ id: 7 })],
  ['structured mode without data', 'MESSAGE_DATA_INVALID', structuredEvent({ data: undefined })],
];

function structuredEvent(changes: Record<string, unknown>): string {
  const { id, type, source, tenant, actor } = envelopeOf(command());
  return JSON.stringify({ specversion: '1.0', id, type, source, tenant, actor, data: command().data, ...changes });
}

function oddOne(): Pick<Poison, 'id' | 'value' | 'headers'> {
  const id = randomUUID();
  return { id, value: '{', headers: headersOf({ ce_id: id, ...oddHeaders }) };
}

/** A good command, but on the topic of another service. */
function misplaced(): Poison {
  const creation = createSubscriber('SUB-NEW', '19999999998');
  const headers = toHeaders(envelopeOf(creation));
  const value = JSON.stringify(creation.data);
  return { kind: 'a command of another service', cause: 'COMMAND_TYPE_UNKNOWN', id: creation.id, value, headers };
}

/** Headers of others, which are none of our business; no header is too odd to be kept. */
export const oddHeaders: RecordHeaders = {
  'x-none': null,
  'x-empty': '',
  'x-bytes': badBytes,
  'x-nul': 'a\u0000b',
  'x-twice': ['1', null, badBytes],
};

/** Every kind once. */
export const poisons = (): Poison[] => [
  misplaced(),
  { kind: 'broken JSON with odd headers', cause: 'MESSAGE_NOT_JSON', ...oddOne() },
  ...values.map(([kind, cause, value]): Poison => {
    const id = randomUUID();
    return { kind, cause, id, value, headers: headersOf({ ce_id: id }) };
  }),
  ...headers.map(([kind, cause, its]): Poison => {
    const poison = { kind, cause, value: data({}), headers: its };
    return cause === 'COMMAND_TYPE_UNKNOWN' ? { ...poison, id: String(its['ce_id']) } : poison;
  }),
  ...structuredModes.map(([kind, cause, value]): Poison => {
    const poison = { kind, cause, value, headers: structured };
    return cause === 'MESSAGE_DATA_INVALID' ? { ...poison, id: String(JSON.parse(value).id) } : poison;
  }),
];

import { describe, expect, it } from '@jest/globals';
import { crc32c } from '@node-rs/crc32';
import fc from 'fast-check';
import { createRequire } from 'node:module';
import { groupByPartition } from './faster-kafkajs.js';
import { murmur2 } from './partitioner.js';
import {
  decodeRecord,
  encodeRecord,
  type BatchContext,
  type DecodedHeader,
  type DecodedRecord,
  type EncodedRecord,
} from './record-codec.js';

const require = createRequire(import.meta.url);
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- names what the module exports
const original = <T>(path: string): T => require(`kafkajs/src/${path}`) as T;
const kafkajsEncode = original<(record: unknown) => EncodedRecord>('protocol/recordBatch/record/v0/index.js');
const kafkajsDecode = original<(decoder: unknown, context: BatchContext) => DecodedRecord>(
  'protocol/recordBatch/record/v0/decoder.js',
);
const Decoder = original<new (buffer: Buffer) => { buffer: Buffer; readVarIntBytes(): Buffer }>('protocol/decoder.js');
const kafkajsMurmur2 = original<(key: Buffer) => number>('producer/partitioners/default/murmur2.js');
const kafkajsCrc = original<(buffer: Buffer) => number>('protocol/recordBatch/crc32C/index.js');
const kafkajsGroup = original<typeof groupByPartition>('producer/groupMessagesPerPartition.js');

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const text = fc.oneof(bytes, fc.string({ unit: 'binary', maxLength: 200 }));
// kafkajs takes what every object inherits for a header that came before.
const headerName = fc.string({ maxLength: 30 }).filter((name) => !(name in {}));
const record = fc.record({
  offsetDelta: fc.nat(100_000),
  timestampDelta: fc.oneof(fc.nat(10_000), fc.integer({ min: 0, max: 2 ** 40 })),
  key: fc.option(text),
  value: fc.option(text),
  headers: fc.dictionary(headerName, fc.oneof(text, fc.array(text, { maxLength: 3 })), {
    maxKeys: 12,
  }),
});
const context = fc.record({
  firstOffset: fc.nat().map((n) => String(n * 1000)),
  firstTimestamp: fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 }).map(String),
  maxTimestamp: fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 }).map(String),
  magicByte: fc.constant(2),
  isControlBatch: fc.boolean(),
  timestampType: fc.constantFrom(0, 1),
});

/** kafkajs makes a buffer of every header. */
function asBuffers(headers: DecodedRecord['headers']): Record<string, unknown> {
  const one = (value: DecodedHeader) => (typeof value === 'string' ? Buffer.from(value) : value);
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.map(one) : one(value)]),
  );
}

describe("what replaces kafkajs's own code", () => {
  it('encodes records to the same bytes', () => {
    fc.assert(
      fc.property(record, (one) => {
        expect(encodeRecord(one).buffer.equals(kafkajsEncode(one).buffer)).toBe(true);
      }),
    );
  });

  it('decodes records to the same values', () => {
    fc.assert(
      fc.property(record, context, (one, its) => {
        const body = new Decoder(kafkajsEncode(one).buffer).readVarIntBytes();
        const decoded = decodeRecord(new Decoder(body), its);
        expect({ ...decoded, headers: asBuffers(decoded.headers) }).toEqual(kafkajsDecode(new Decoder(body), its));
      }),
    );
  });

  it('keeps a header that is named as a prototype', () => {
    const encoded = encodeRecord({
      key: null,
      value: null,
      headers: JSON.parse('{"__proto__":"x"}') as object as never,
    });
    const body = new Decoder(encoded.buffer).readVarIntBytes();
    const [its] = fc.sample(context, 1);
    expect(Object.entries(decodeRecord(new Decoder(body), its!).headers)).toEqual([['__proto__', 'x']]);
  });

  it('finds the same partition for a key', () => {
    fc.assert(fc.property(bytes, (key) => murmur2(key) === kafkajsMurmur2(key)));
  });

  it('computes the same checksum', () => {
    fc.assert(fc.property(bytes, (body) => crc32c(body) === kafkajsCrc(body)));
  });

  it('groups messages alike, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20).map((n) => ({ key: String(n) }))), (messages) => {
        const grouping = {
          topic: 't',
          partitionMetadata: [1, 2, 3],
          messages,
          partitioner: ({ message }: { message: { key: string } }) => Number(message.key) % 3,
        };
        expect(groupByPartition(grouping)).toEqual(kafkajsGroup(grouping));
      }),
    );
  });
});

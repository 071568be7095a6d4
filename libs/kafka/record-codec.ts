/**
 * Kafka's record format v2 for kafkajs, whose own code makes a dozen buffers and two dozen one-byte ones per record with
 * headers: it was the largest consumer of CPU time in the whole system. What comes out is the same, byte for byte.
 */

type HeaderValue = Buffer | string;

export interface RecordToEncode {
  offsetDelta?: number;
  timestampDelta?: number;
  key: Buffer | string | null;
  value: Buffer | string | null;
  headers?: Record<string, HeaderValue | HeaderValue[]>;
}

/** What kafkajs's encoder takes for another encoder. */
export interface EncodedRecord {
  buf: Buffer;
  buffer: Buffer;
}

/** Length, attributes, timestamp and offset delta, key, value, headers: sizes and numbers as zigzag varints. */
export function encodeRecord(record: RecordToEncode): EncodedRecord {
  const { offsetDelta = 0, timestampDelta = 0, key, value, headers = {} } = record;
  const pairs = headerPairs(headers);
  let size = 1 + sizeOfVarint(timestampDelta) + sizeOfVarint(offsetDelta) + sizeOfBytes(key) + sizeOfBytes(value);
  size += sizeOfVarint(pairs.length);
  for (const [name, text] of pairs) size += sizeOfBytes(name) + sizeOfBytes(text);
  const buffer = Buffer.allocUnsafe(sizeOfVarint(size) + size);
  let at = writeVarint(buffer, size, 0);
  buffer[at] = 0;
  at = writeVarint(buffer, timestampDelta, at + 1);
  at = writeVarint(buffer, offsetDelta, at);
  at = writeBytes(buffer, key, at);
  at = writeBytes(buffer, value, at);
  at = writeVarint(buffer, pairs.length, at);
  for (const [name, text] of pairs) at = writeBytes(buffer, text, writeBytes(buffer, name, at));
  return { buf: buffer, buffer };
}

function headerPairs(headers: NonNullable<RecordToEncode['headers']>): [string, HeaderValue][] {
  const pairs: [string, HeaderValue][] = [];
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (Array.isArray(value)) for (const one of value) pairs.push([name, one]);
    else if (value !== undefined) pairs.push([name, value]);
  }
  return pairs;
}

/** Numbers up to 2^52: a timestamp's delta may exceed 32 bits. */
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

function sizeOfVarint(value: number): number {
  let size = 1;
  for (let rest = zigzag(value); rest >= 128; rest = Math.floor(rest / 128)) size += 1;
  return size;
}

function writeVarint(buffer: Buffer, value: number, at: number): number {
  let rest = zigzag(value);
  let position = at;
  for (; rest >= 128; position += 1) {
    buffer[position] = (rest % 128) + 128;
    rest = Math.floor(rest / 128);
  }
  buffer[position] = rest;
  return position + 1;
}

function sizeOfBytes(bytes: Buffer | string | null | undefined): number {
  if (bytes === null || bytes === undefined) return 1;
  const size = typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;
  return sizeOfVarint(size) + size;
}

function writeBytes(buffer: Buffer, bytes: Buffer | string | null | undefined, at: number): number {
  if (bytes === null || bytes === undefined) return writeVarint(buffer, -1, at);
  const size = typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;
  const start = writeVarint(buffer, size, at);
  if (typeof bytes === 'string') buffer.write(bytes, start, size, 'utf8');
  else bytes.copy(buffer, start);
  return start + size;
}

/** What kafkajs knows of the batch a record is in. */
export interface BatchContext {
  firstOffset: string;
  firstTimestamp: string;
  maxTimestamp: string;
  magicByte: number;
  isControlBatch: boolean;
  /** 1: the broker's time of appending stands for all records */
  timestampType: number;
}

/** A string where the bytes are ASCII, as nearly all are: a buffer costs several times a string. */
export type DecodedHeader = Buffer | string | null;

export interface DecodedRecord {
  magicByte: number;
  attributes: number;
  timestamp: string;
  offset: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, DecodedHeader | DecodedHeader[]>;
  isControlRecord: boolean;
  batchContext: BatchContext;
}

/** Reads one record, whose length has been read already; key and value are views of the fetched buffer. */
export function decodeRecord(decoder: { buffer: Buffer }, batchContext: BatchContext): DecodedRecord {
  const cursor = new Cursor(decoder.buffer);
  const attributes = cursor.byte();
  const timestampDelta = cursor.varint();
  const offsetDelta = cursor.varint();
  const logAppendTime = batchContext.timestampType === 1 && batchContext.maxTimestamp !== '';
  return {
    magicByte: batchContext.magicByte,
    attributes,
    timestamp: logAppendTime ? batchContext.maxTimestamp : String(Number(batchContext.firstTimestamp) + timestampDelta),
    // Offsets stay below 2^53 for longer than any cluster lives.
    offset: String(Number(batchContext.firstOffset) + offsetDelta),
    key: cursor.bytes(),
    value: cursor.bytes(),
    headers: readHeaders(cursor),
    isControlRecord: batchContext.isControlBatch,
    batchContext,
  };
}

/** A name that comes twice has an array, in order. */
function readHeaders(cursor: Cursor): DecodedRecord['headers'] {
  const headers: DecodedRecord['headers'] = {};
  for (let left = cursor.varint(); left > 0; left -= 1) {
    const name = cursor.text() ?? '';
    const value = cursor.textOrBytes();
    const earlier = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (earlier !== undefined) headers[name] = Array.isArray(earlier) ? [...earlier, value] : [earlier, value];
    else if (name === '__proto__') Object.defineProperty(headers, name, { value, enumerable: true, writable: true });
    else headers[name] = value;
  }
  return headers;
}

// eslint-disable-next-line no-control-regex -- ASCII has them
const ascii = /^[\u0000-\u007f]*$/;

class Cursor {
  private at = 0;

  constructor(private readonly buffer: Buffer) {}

  byte(): number {
    const value = this.buffer[this.at] ?? 0;
    this.at += 1;
    return value;
  }

  varint(): number {
    let result = 0;
    let factor = 1;
    for (;;) {
      const byte = this.byte();
      result += (byte % 128) * factor;
      if (byte < 128) break;
      factor *= 128;
    }
    return result % 2 === 0 ? result / 2 : -(result + 1) / 2;
  }

  text(): string | null {
    const size = this.varint();
    if (size < 0) return null;
    const start = this.at;
    this.at += size;
    return this.buffer.toString('utf8', start, this.at);
  }

  textOrBytes(): Buffer | string | null {
    const start = this.at;
    const size = this.varint();
    if (size < 0) return null;
    const text = this.buffer.toString('latin1', this.at, this.at + size);
    if (ascii.test(text)) {
      this.at += size;
      return text;
    }
    this.at = start;
    return this.bytes();
  }

  bytes(): Buffer | null {
    const size = this.varint();
    if (size < 0) return null;
    const start = this.at;
    this.at += size;
    return this.buffer.subarray(start, this.at);
  }
}

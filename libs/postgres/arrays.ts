/**
 * Array parameters for batches of a thousand rows, in PostgreSQL's binary form: dimensions, 1; whether there are nulls; the
 * elements' type; their number; the first index; and of each element its length, -1 for a null, and its bytes. What pg makes
 * of a JavaScript array is escaped and quoted element by element, and parsed back by PostgreSQL: a large part of the processor
 * time of both.
 *
 * Source: array_recv and the types' own receive functions in PostgreSQL 18, src/backend/utils/adt.
 */

const headerBytes = 20;
const lengthBytes = 4;
const nullLength = -1;

/** Of types as pg_type has them. */
const oids = {
  boolean: 16,
  bigint: 20,
  smallint: 21,
  integer: 23,
  text: 25,
  float8: 701,
  timestamptz: 1184,
  uuid: 2950,
} as const;

function arrayBuffer(type: keyof typeof oids, length: number, elementBytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(headerBytes + elementBytes);
  buffer.writeInt32BE(1, 0);
  // Only a hint: nulls are told by their lengths.
  buffer.writeInt32BE(1, 4);
  buffer.writeInt32BE(oids[type], 8);
  buffer.writeInt32BE(length, 12);
  buffer.writeInt32BE(1, 16);
  return buffer;
}

/** As many bytes as a length takes: texts that are joined by it leave room for their lengths. */
const gap = '\0'.repeat(lengthBytes);

/** For `text[]`. One with U+0000 is refused by PostgreSQL. */
export function texts(values: (string | null)[]): Buffer {
  // A null is joined as an empty text.
  const joined = values.length === 0 ? '' : gap + values.join(gap);
  const bytes = Buffer.byteLength(joined);
  const isAscii = bytes === joined.length;
  const buffer = arrayBuffer('text', values.length, bytes);
  buffer.write(joined, headerBytes, isAscii ? 'latin1' : 'utf8');
  let at = headerBytes;
  for (const value of values) {
    const length = value === null ? 0 : isAscii ? value.length : Buffer.byteLength(value);
    buffer.writeInt32BE(value === null ? nullLength : length, at);
    at += lengthBytes + length;
  }
  return buffer;
}

const uuidBytes = 16;
const hexOfLength = (length: number): string => (length >>> 0).toString(16).padStart(2 * lengthBytes, '0');
const uuidLength = hexOfLength(uuidBytes);
const noUuid = hexOfLength(nullLength);
const digits = 2 * uuidBytes;
const isUuidLong = ({ length }: string): boolean => length === digits || length === digits + '----'.length;

/** For `uuid[]`, of uuids with hyphens or without. Throws a TypeError for a text that is none. */
export function uuids(values: (string | null)[]): Buffer {
  const hex = values
    .map((value) => (value === null ? noUuid : uuidLength + value))
    .join('')
    .replaceAll('-', '');
  const present = values.reduce((count, value) => count + (value === null ? 0 : 1), 0);
  const bytes = values.length * lengthBytes + present * uuidBytes;
  const buffer = arrayBuffer('uuid', values.length, bytes);
  // Writing ends at what is no hexadecimal digit.
  const isWhole = hex.length === 2 * bytes && buffer.write(hex, headerBytes, 'hex') === bytes;
  if (!isWhole || !values.every((value) => value === null || isUuidLong(value))) throw new TypeError('not uuids');
  return buffer;
}

/** Elements of one size. */
function fixed<Value>(
  type: keyof typeof oids,
  size: number,
  values: (Value | null)[],
  write: (buffer: Buffer, value: Value, at: number) => void,
): Buffer {
  const present = values.reduce((count: number, value) => count + (value === null ? 0 : 1), 0);
  const buffer = arrayBuffer(type, values.length, values.length * lengthBytes + present * size);
  let at = headerBytes;
  for (const value of values) {
    buffer.writeInt32BE(value === null ? nullLength : size, at);
    at += lengthBytes;
    if (value === null) continue;
    write(buffer, value, at);
    at += size;
  }
  return buffer;
}

/** For `boolean[]`. */
export const booleans = (values: (boolean | null)[]): Buffer =>
  fixed('boolean', 1, values, (buffer, value, at) => buffer.writeUInt8(value ? 1 : 0, at));

/** For `smallint[]`. Throws a RangeError for a number that is none. */
export const smallints = (values: (number | null)[]): Buffer =>
  fixed('smallint', 2, values, (buffer, value, at) => buffer.writeInt16BE(value, at));

/** For `integer[]`. Throws a RangeError for a number that is none. */
export const integers = (values: (number | null)[]): Buffer =>
  fixed('integer', 4, values, (buffer, value, at) => buffer.writeInt32BE(value, at));

/** For `bigint[]`, of decimal digits as pg gives them. */
export const bigints = (values: (string | bigint | number | null)[]): Buffer =>
  fixed('bigint', 8, values, (buffer, value, at) => buffer.writeBigInt64BE(BigInt(value), at));

/** For `float8[]`. */
export const doubles = (values: (number | null)[]): Buffer =>
  fixed('float8', 8, values, (buffer, value, at) => buffer.writeDoubleBE(value, at));

const microsecondsPerMs = 1000;
/** PostgreSQL counts from 2000-01-01, in microseconds. */
const epochMs = Date.UTC(2000);
const two32 = 2 ** 32;

/** For `timestamptz[]`, exact to the millisecond. Throws a RangeError for an invalid date. */
export const timestamps = (values: (Date | null)[]): Buffer =>
  fixed('timestamptz', 8, values, (buffer, value, at) => {
    const microseconds = (value.getTime() - epochMs) * microsecondsPerMs;
    if (Number.isNaN(microseconds)) throw new RangeError('not a time');
    buffer.writeInt32BE(Math.floor(microseconds / two32), at);
    buffer.writeUInt32BE(microseconds >>> 0, at + 4);
  });

/**
 * SQL of the rows that array parameters make, from `$first` on: a select in parentheses. Arrays are of one length. A type
 * `text::json` is sent as text, and each element cast. In FROM `unnest` keeps a table of each array and puts rows together from
 * those, which takes as long again as to read the arrays.
 */
export const rowsOf = (types: readonly string[], first = 1): string => {
  const columns = types.map((type, index) => {
    const [sent, cast] = type.split('::');
    return `unnest($${first + index}::${sent}[])${cast ? `::${cast}` : ''}`;
  });
  return `(select ${columns.join(', ')})`;
};

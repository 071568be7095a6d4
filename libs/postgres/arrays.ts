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

/** Longer texts are not joined: a copy of them all costs more than to write each. */
const joinedAtMost = 100;
/** As many bytes as a length takes: texts that are joined by it leave room for their lengths. */
const gap = '\0'.repeat(lengthBytes);

/** For `text[]`. One with U+0000 is refused by PostgreSQL. */
export function texts(values: (string | null)[]): Buffer {
  const joins = values.length > 0 && (values[0]?.length ?? 0) <= joinedAtMost;
  const joined = joins ? values.join(gap) : undefined;
  return joined !== undefined && Buffer.byteLength(joined) === joined.length
    ? asciiTexts(values, joined)
    : anyTexts(values);
}

/** As many bytes as characters. A null is joined as an empty text. */
function asciiTexts(values: (string | null)[], joined: string): Buffer {
  const buffer = arrayBuffer('text', values.length, lengthBytes + joined.length);
  let at = headerBytes;
  buffer.write(joined, at + lengthBytes, 'latin1');
  for (const value of values) {
    buffer.writeInt32BE(value === null ? nullLength : value.length, at);
    at += lengthBytes + (value === null ? 0 : value.length);
  }
  return buffer;
}

function anyTexts(values: (string | null)[]): Buffer {
  const lengths = values.map((value) => (value === null ? nullLength : Buffer.byteLength(value)));
  const bytes = lengths.reduce((sum, length) => sum + lengthBytes + Math.max(length, 0), 0);
  const buffer = arrayBuffer('text', values.length, bytes);
  let at = headerBytes;
  values.forEach((value, index) => {
    const length = lengths[index] ?? nullLength;
    buffer.writeInt32BE(length, at);
    at += lengthBytes;
    // As many bytes as characters is ASCII, which is written faster so.
    if (value !== null) at += buffer.write(value, at, length === value.length ? 'latin1' : 'utf8');
  });
  return buffer;
}

const uuidBytes = 16;
const hyphens = [8, 13, 18, 23];
/** Where a byte's first digit stands, with hyphens and without. */
const plainDigits = Array.from({ length: uuidBytes }, (_, byte) => 2 * byte);
const hyphenedDigits = plainDigits.map((place) => place + hyphens.filter((_, n) => place >= 8 + 4 * n).length);
const notDigit = 0xff;
/** What a digit is worth, by its character code. */
const worth = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase());
  return digit < 0 ? notDigit : digit;
});

/** For `uuid[]`, of uuids with hyphens or without. Throws a TypeError for a text that is none. */
export const uuids = (values: (string | null)[]): Buffer => fixed('uuid', uuidBytes, values, writeUuid);

/** Digit by digit: to join texts for Buffer's own reader of digits takes as long, and leaves them to be collected. */
function writeUuid(buffer: Buffer, text: string, at: number): void {
  const hyphened = text.length === 2 * uuidBytes + hyphens.length;
  const places = hyphened ? hyphenedDigits : plainDigits;
  let whole = hyphened ? hyphens.every((place) => text[place] === '-') : text.length === 2 * uuidBytes;
  for (let byte = 0; byte < uuidBytes; byte += 1) {
    const place = places[byte] ?? 0;
    const high = worth[text.charCodeAt(place)] ?? notDigit;
    const low = worth[text.charCodeAt(place + 1)] ?? notDigit;
    if (high === notDigit || low === notDigit) whole = false;
    buffer[at + byte] = (high << 4) | low;
  }
  if (!whole) throw new TypeError('not a uuid');
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

/** A buffer takes NaN for 0, and 1.5 for 1. */
function whole(value: number): number {
  if (!Number.isInteger(value)) throw new RangeError('not a whole number');
  return value;
}

/** For `smallint[]`. Throws a RangeError for a number that is none. */
export const smallints = (values: (number | null)[]): Buffer =>
  fixed('smallint', 2, values, (buffer, value, at) => buffer.writeInt16BE(whole(value), at));

/** For `integer[]`. Throws a RangeError for a number that is none. */
export const integers = (values: (number | null)[]): Buffer =>
  fixed('integer', 4, values, (buffer, value, at) => buffer.writeInt32BE(whole(value), at));

/** For `bigint[]`, of decimal digits as pg gives them. */
export const bigints = (values: (string | bigint | number | null)[]): Buffer =>
  fixed('bigint', 8, values, (buffer, value, at) => buffer.writeBigInt64BE(BigInt(value), at));

/** For `float8[]`. */
export const doubles = (values: (number | null)[]): Buffer =>
  fixed('float8', 8, values, (buffer, value, at) => buffer.writeDoubleBE(value, at));

const microsecondsPerMs = 1000n;
/** PostgreSQL counts from 2000-01-01, in microseconds. */
const epochMs = Date.UTC(2000);

/** For `timestamptz[]`, exact to the millisecond. Throws a RangeError for an invalid date. */
export const timestamps = (values: (Date | null)[]): Buffer =>
  fixed('timestamptz', 8, values, (buffer, value, at) =>
    buffer.writeBigInt64BE(BigInt(value.getTime() - epochMs) * microsecondsPerMs, at),
  );

/**
 * SQL of the rows that array parameters make, from `$first` on: a select in parentheses. Arrays are of one length. A type
 * `text::json` is sent as text, and each element cast. In FROM `unnest` keeps a table of each array and puts rows together from
 * those, which takes as long again as to read the arrays.
 */
export const rowsOf = (types: readonly string[], first = 1): string => selectOf(types, first, (array) => array);

/**
 * The same, of rows that are joined to a large table. The scalar subselects hide from the planner how many they are: it takes a
 * scan of the whole table for cheaper than a thousand look-ups by index.
 */
export const rowsToJoin = (types: readonly string[], first = 1): string =>
  selectOf(types, first, (array) => `(select ${array})`);

function selectOf(types: readonly string[], first: number, source: (array: string) => string): string {
  const columns = types.map((type, index) => {
    const [sent, cast] = type.split('::');
    return `unnest(${source(`$${first + index}::${sent}[]`)})${cast ? `::${cast}` : ''}`;
  });
  return `(select ${columns.join(', ')})`;
}

import { SimyardError } from '#libs/errors';

/**
 * Array parameters for batches of a thousand rows. pg escapes and quotes each element of a JavaScript array by regular
 * expressions, and Postgres parses that back: a large part of a batch's CPU time. These two forms need neither.
 */

/**
 * An array literal of values that need no quotes: numbers, booleans, uuids, timestamps as RFC 3339, words of our own.
 * For `$1::uuid[]` and the like.
 */
export function plainArray(values: (string | number | boolean | Date | null)[]): string {
  return `{${values.map((value) => (value instanceof Date ? value.toISOString() : String(value))).join()}}`;
}

/** ASCII's record separator. JSON text never has it, as it escapes control characters. */
const separator = '\u001e';

/**
 * Texts in one string for `textArray('$1')`. An empty text comes back as null, as null does (and one null
 * alone as an empty array, which unnest pads). Throws REQUEST_INVALID for
 * a text that has the separator itself, which no identifier or name has.
 */
export function joinedTexts(values: (string | null)[]): string {
  // A null is joined as an empty text.
  const joined = values.join(separator);
  let separators = 0;
  for (let at = joined.indexOf(separator); at >= 0; at = joined.indexOf(separator, at + 1)) separators += 1;
  if (separators > Math.max(values.length - 1, 0)) {
    throw new SimyardError('REQUEST_INVALID', { message: 'Text must not have the control character U+001E.' });
  }
  return joined;
}

/** SQL that turns a parameter made by `joinedTexts` into text[]. */
export const textArray = (parameter: string): string => `string_to_array(${parameter}, U&'\\001E', '')`;

import { JSONPatch, JSONPointer, type JSONValue } from 'json-p3';
import { maxCustomProperties, maxPropertyName, maxPropertyValue } from '#libs/contracts';
import { textOf } from './json-path.js';
import type { Operation } from './patch-operations.js';
import { patchProblem, type Document } from './patch-problem.js';

/** Custom properties twice over, as others may come before those that they replace go; a list of them has 3 parts each. */
const maxParts = 6 * maxCustomProperties + 100;
const maxText = 2 * maxCustomProperties * (maxPropertyName + maxPropertyValue);

/** Where json-p3's pointers are wider than RFC 6901, and where an object's own mechanics are. */
const oddToken = /^#|^__proto__$/;

/** Carries out an operation by JSON Pointer on the document itself; throws JSON_PATCH_INVALID. */
export function applyOperation(operation: Operation, document: Document, index: number): void {
  const { from, ...rest } = operation;
  for (const path of [rest.path, from ?? '']) refuseOdd(path, index);
  try {
    const copied = operation.op === 'copy' ? copyOf(from ?? '', document) : undefined;
    const plain = copied === undefined ? operation : { ...rest, op: 'add', value: copied };
    new JSONPatch([plain]).apply(document);
  } catch (error) {
    throw patchProblem(index, `${textOf(error).replace(/ \(\w+:\d+\)$/, '')}.`, error);
  }
  // What the next operation looks through, or copies, would else grow without end.
  if (isTooLarge(document['customProperty'])) throw patchProblem(index, 'the product becomes too large.');
}

function isTooLarge(value: unknown): boolean {
  const rest = [value];
  let [parts, text] = [0, 0];
  while (rest.length > 0 && parts <= maxParts && text <= maxText) {
    const one = rest.pop();
    parts += 1;
    if (typeof one === 'string') text += one.length;
    if (typeof one !== 'object' || one === null) continue;
    for (const [name, member] of Object.entries(one)) {
      text += Array.isArray(one) ? 0 : name.length;
      rest.push(member);
    }
  }
  return parts > maxParts || text > maxText;
}

/** The names that a pointer goes through; throws JSON_PATCH_INVALID when it is none. */
export function tokensOf(path: string, index: number): string[] {
  try {
    return new JSONPointer(path).tokens;
  } catch (error) {
    throw patchProblem(index, `the path is no JSON Pointer (${textOf(error)}).`, error);
  }
}

function refuseOdd(path: string, index: number): void {
  if (tokensOf(path, index).some((token) => oddToken.test(token))) {
    throw patchProblem(index, `no such property '${path}'.`);
  }
}

/** json-p3 would put the same value in two places, so that a change of one were a change of both. */
function copyOf(from: string, document: Document): JSONValue {
  const text = JSON.stringify(new JSONPointer(from).resolve(document));
  return JSON.parse(text) as JSONValue;
}

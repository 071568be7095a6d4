import { JSONPatch, JSONPointer, type JSONValue } from 'json-p3';
import { textOf } from './json-path.js';
import type { Operation } from './patch-operations.js';
import { patchProblem, type Document } from './patch-problem.js';

/** Larger than a product can become; copies of copies would grow without end. */
const maxCopied = 262_144;

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
  if (text.length > maxCopied || JSON.stringify(document).length > maxCopied)
    throw new Error('the product becomes too large');
  return JSON.parse(text) as JSONValue;
}

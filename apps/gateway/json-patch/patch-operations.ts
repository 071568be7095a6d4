import type { JSONValue } from 'json-p3';
import { SimyardError } from '#libs/errors';
import { patchProblem } from './patch-problem.js';

/** One operation of a patch. `path` and `from` are as written, by JSON Pointer or JSONPath. */
export interface Operation {
  op: OperationName;
  path: string;
  value?: JSONValue;
  from?: string;
}

const operationNames = ['add', 'remove', 'replace', 'move', 'copy', 'test'] as const;
export type OperationName = (typeof operationNames)[number];

/** Enough to take away all custom properties and give others. */
const maxOperations = 200;
const maxPathLength = 500;

/** The operations of a patch; throws JSON_PATCH_INVALID for what RFC 6902 does not know. */
export function readOperations(patch: unknown): Operation[] {
  if (!Array.isArray(patch) || patch.length === 0 || patch.length > maxOperations) {
    throw new SimyardError('JSON_PATCH_INVALID', {
      message: `The patch must be a list of 1 to ${maxOperations} operations.`,
    });
  }
  return patch.map(readOperation);
}

function readOperation(given: unknown, index: number): Operation {
  if (typeof given !== 'object' || given === null) throw patchProblem(index, 'it must be an object.');
  const { op, path, from, value } = given as Record<string, JSONValue>;
  const name = operationNames.find((one) => one === op);
  if (name === undefined) throw patchProblem(index, `op must be one of ${operationNames.join(', ')}.`);
  const needsFrom = name === 'move' || name === 'copy';
  const needsValue = name === 'add' || name === 'replace' || name === 'test';
  if (needsValue && value === undefined) throw patchProblem(index, 'value is missing.');
  return {
    op: name,
    path: readPath(path, 'path', index),
    ...(needsFrom && { from: readPath(from, 'from', index) }),
    ...(needsValue && { value: structuredClone(value) }),
  };
}

function readPath(path: JSONValue, name: string, index: number): string {
  if (typeof path === 'string' && path.length <= maxPathLength) return path;
  throw patchProblem(index, `${name} must be a text of up to ${maxPathLength} characters.`);
}

import type { JSONValue } from 'json-p3';
import { SimyardError } from '#libs/errors';

/** A document that is patched. */
export type Document = Record<string, JSONValue>;

/** Why a patch cannot be applied; `index` is that of its operation, from 0. */
export const patchProblem = (index: number, why: string, cause?: unknown): SimyardError =>
  new SimyardError('JSON_PATCH_INVALID', { message: `Operation ${index}: ${why}`, details: { index }, cause });

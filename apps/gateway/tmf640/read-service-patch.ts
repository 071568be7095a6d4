import { isDeepStrictEqual } from 'node:util';
import type { SubscriberState } from '#libs/contracts';
import { serviceStates, subscriberStateOf } from '#libs/services';
import { applyOperation, tokensOf } from '../json-patch/apply-patch.js';
import { readOperations } from '../json-patch/patch-operations.js';
import { patchProblem, type Document } from '../json-patch/patch-problem.js';
import { readAs } from '../http/read-request.js';
import { isJsonObject, mergePatch, type JsonObject } from './merge-patch.js';
import { descriptionNames, invalid, ServiceDescription } from './read-new-service.js';
import type { ServiceBody } from './service-body.js';

export const servicePatchTypes = ['application/merge-patch+json', 'application/json-patch+json'] as const;
export type ServicePatchType = (typeof servicePatchTypes)[number];

/** What is asked for a service: of what is there already, nothing. */
export interface ServiceChange {
  state?: SubscriberState;
  /** what its callers say of it; null takes away */
  attributes: Record<string, string | null>;
}

/** Longest name of an attribute that an error repeats. */
const maxName = 64;

/**
 * Pure: reads a patch of a service as the difference that it makes. Throws REQUEST_INVALID that names an attribute which cannot
 * be changed or not be so, and JSON_PATCH_INVALID with the `index` of the operation that cannot be carried out.
 */
export function readServicePatch(type: ServicePatchType, patch: unknown, service: ServiceBody): ServiceChange {
  const after = type === 'application/merge-patch+json' ? merged(service, patch) : patched(service, patch);
  const names = [...new Set([...Object.keys(service), ...Object.keys(after)])];
  const changed = names.filter((name) => !isDeepStrictEqual(service[name] ?? null, after[name] ?? null));
  const fixed = changed.find((name) => name !== 'state' && !isDescribed(name));
  if (fixed !== undefined) throw invalid(fixed.slice(0, maxName), 'cannot be changed');
  const attributes = Object.fromEntries(changed.filter(isDescribed).map((name) => [name, after[name] ?? null]));
  readAs(ServiceDescription, attributes);
  return {
    ...(changed.includes('state') && { state: readState(after['state']) }),
    // Validated above.
    attributes: attributes as Record<string, string | null>,
  };
}

const isDescribed = (name: string): boolean => (descriptionNames as readonly string[]).includes(name);

function readState(value: unknown): SubscriberState {
  const state = subscriberStateOf(value);
  if (state === undefined) throw invalid('state', `must be one of ${serviceStates.join(', ')}`);
  return state;
}

function merged(service: ServiceBody, patch: unknown): JsonObject {
  const after = isJsonObject(patch) ? mergePatch(service, patch) : undefined;
  if (!isJsonObject(after)) throw invalid('the body', 'must be an object');
  return after;
}

function patched(service: ServiceBody, patch: unknown): JsonObject {
  // A service is JSON.
  const document = JSON.parse(JSON.stringify(service)) as Document;
  for (const [index, operation] of readOperations(patch).entries()) {
    const { op, path, from } = operation;
    const isWhole = tokensOf(path, index).length === 0 || (op === 'move' && tokensOf(from ?? '', index).length === 0);
    if (op !== 'test' && isWhole) throw patchProblem(index, 'the service itself cannot be changed.');
    applyOperation(operation, document, index);
  }
  return document;
}

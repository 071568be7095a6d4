import type { Tx } from '#libs/postgres';
import { compileResourceTypes, type ResourceTypes } from './resource-type.js';
import { selectResourceTypes } from './resource-type.sql.js';

/** Longest time in ms that a changed configuration of resource types goes unseen. */
const maxAgeMs = 5000;

/** Gives the configured resource types; reads them with the transaction at hand when its copy is too old. */
export type ResourceTypeSource = (tx: Tx) => Promise<ResourceTypes>;

/** A source with a copy of its own, one per process. */
export function resourceTypeSource(): ResourceTypeSource {
  let types: ResourceTypes = new Map();
  let readAt = -Infinity;
  return async (tx) => {
    const now = performance.now();
    if (now - readAt < maxAgeMs) return types;
    types = compileResourceTypes(await selectResourceTypes(tx));
    readAt = now;
    return types;
  };
}

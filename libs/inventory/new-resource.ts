import type { ErrorCode } from '#libs/errors';
import { resourceKey, type ResourceKey } from './resource-type.js';
import type { Resource } from './rows.js';
import { assignmentOf, type InventoryView } from './view.js';

/** Why a value cannot be given to a subscriber, and which attribute is at fault: the type or the value. */
export interface ResourceRefusal {
  code: ErrorCode;
  attribute: 'type' | 'value';
}

export interface WantedResource {
  type: string;
  value: string;
  /** the resource that gets the value, if it is a swap */
  swapped?: Resource;
}

/**
 * Checks a new value in the order of seed 003: format, other than the old one, not on the subscriber already, not on
 * another who is not Deactivated, type configured. A type that is not configured has no format and no holders to check.
 * `owner` has no id before it is created.
 */
export function checkNewResource(
  view: InventoryView,
  owner: { tenantId: string; subscriberId?: string },
  wanted: WantedResource,
): { key: ResourceKey; refusal?: undefined } | { key?: undefined; refusal: ResourceRefusal } {
  const type = view.types.get(wanted.type);
  if (type === undefined) {
    const unchanged = wanted.swapped?.value === wanted.value;
    return unchanged ? refuseValue('RESOURCE_UNCHANGED') : refuseType();
  }
  const key = resourceKey(view.types, owner.tenantId, wanted.type, wanted.value);
  if (key === undefined) return refuseValue('RESOURCE_FORMAT_INVALID');
  const holder = assignmentOf(view, key);
  if (holder === undefined) return { key };
  if (holder === wanted.swapped) return refuseValue('RESOURCE_UNCHANGED');
  if (holder.subscriberId === owner.subscriberId) return refuseValue('RESOURCE_EXISTS');
  return isFree(view, holder) ? { key } : refuseValue('RESOURCE_IN_USE');
}

/** A Deactivated subscriber's resources are anybody's. */
const isFree = (view: InventoryView, resource: Resource): boolean =>
  view.subscribers.get(resource.subscriberId)?.state === 'Deactivated';

const refuseValue = (code: ErrorCode) => ({ refusal: { code, attribute: 'value' as const } });
const refuseType = () => ({ refusal: { code: 'RESOURCE_TYPE_NOT_CONFIGURED' as const, attribute: 'type' as const } });

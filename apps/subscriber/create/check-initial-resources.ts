import type { CommandData } from '#libs/contracts';
import type { ErrorCode } from '#libs/errors';
import { checkNewResource, type InventoryView, type ResourceKey } from '#libs/inventory';
import { initialResources } from './initial-resources.js';

/** The keys of a new subscriber's resources, or the first that it cannot have. The same value twice is refused too. */
export function checkInitialResources(
  view: InventoryView,
  tenantId: string,
  data: CommandData<'CreateSubscriber'>,
): { keys: ResourceKey[]; refusal?: undefined } | { keys?: undefined; refusal: { code: ErrorCode; field: string } } {
  const keys: ResourceKey[] = [];
  for (const { type, value, field } of initialResources(data)) {
    const { key, refusal } = checkNewResource(view, { tenantId }, { type, value });
    if (refusal) return { refusal: { code: refusal.code, field: field[refusal.attribute] } };
    if (keys.some((other) => other.type === key.type && other.value === key.value)) {
      return { refusal: { code: 'RESOURCE_EXISTS', field: field.value } };
    }
    keys.push(key);
  }
  return { keys };
}

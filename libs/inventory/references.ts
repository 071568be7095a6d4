import { resourceKey } from './resource-type.js';
import type { Resource, Subscriber } from './rows.js';
import { assignmentOf, keyText, subscriberByExternalId, type InventoryView } from './view.js';
import { iccidIdentifier, type Reference } from './wanted.js';

/** Who acts: the account whose tree he may see and change. */
export interface AccountScope {
  tenantId: string;
  accountId: string;
}

/** Whether an account, by its path, is the actor's own or below it. */
export const inTree = (scope: AccountScope, tenantId: string, path: readonly string[]): boolean =>
  tenantId === scope.tenantId && path.includes(scope.accountId);

/** The subscriber that a reference names, if it is in the actor's tree: another's is as one that does not exist. */
export function referencedSubscriber(
  view: InventoryView,
  scope: AccountScope,
  reference: Reference,
): Subscriber | undefined {
  const named = anyonesSubscriber(view, scope.tenantId, reference);
  return named && inTree(scope, named.tenantId, named.accountPath) ? named : undefined;
}

function anyonesSubscriber(view: InventoryView, tenantId: string, reference: Reference): Subscriber | undefined {
  const { refId, externalId, identifier } = reference;
  if (refId) return view.subscribers.get(refId.toLowerCase());
  if (externalId) return subscriberByExternalId(view, tenantId, externalId);
  if (!identifier) return undefined;
  return view.subscribers.get(holderOf(view, tenantId, identifier.type, identifier.value) ?? '');
}

function holderOf(view: InventoryView, tenantId: string, type: string, value: string): string | null | undefined {
  if (type === iccidIdentifier) return view.sims.get(value)?.subscriberId;
  const key = resourceKey(view.types, tenantId, type, value);
  return key && assignmentOf(view, key)?.subscriberId;
}

/**
 * The subscriber's resource with this value. Of a type that is not configured there is no normal form and no scope:
 * then any of the subscriber's resources with the value, so that a swap can go on to say what is wrong with the type.
 */
export function heldResource(
  view: InventoryView,
  subscriber: Subscriber,
  type: string,
  value: string,
): Resource | undefined {
  const own = view.resourcesOf.get(subscriber.subscriberId);
  if (own === undefined) return undefined;
  if (view.types.has(type)) {
    const key = resourceKey(view.types, subscriber.tenantId, type, value);
    return key && own.get(keyText(key));
  }
  return [...own.values()].find((resource) => resource.value === normalAs(view, resource.type, value));
}

const normalAs = (view: InventoryView, type: string, value: string): string =>
  view.types.get(type)?.normalize(value) ?? value;

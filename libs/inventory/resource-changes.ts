import type { Change } from '#libs/contracts';
import { resourceChange } from './entity-state.js';
import { newEntityId, type Posting } from './posting.js';
import { inTree } from './references.js';
import type { ResourceKey } from './resource-type.js';
import type { Resource, Subscriber } from './rows.js';
import { assignmentOf, dropResource, putResource, type InventoryView } from './view.js';

/** Gives a subscriber a value as a new resource. Who still holds the value loses it: checkNewResource said he may. */
export function addResource(view: InventoryView, posting: Posting, subscriber: Subscriber, key: ResourceKey): void {
  const freed = freeValue(view, posting, key);
  const resource: Resource = {
    ...key,
    resourceId: newEntityId(posting),
    tenantId: subscriber.tenantId,
    subscriberId: subscriber.subscriberId,
    version: 1,
    validFrom: posting.occurredAt,
  };
  putResource(view, resource);
  posting.changes.push(resourceChange(subscriber, null, resource), ...freed);
}

/** Gives a subscriber's resource another value: the same resource in its next version. */
export function swapResource(
  view: InventoryView,
  posting: Posting,
  subscriber: Subscriber,
  { old, key }: { old: Resource; key: ResourceKey },
): void {
  const freed = freeValue(view, posting, key);
  endValue(view, posting, old);
  const resource: Resource = { ...old, ...key, version: old.version + 1, validFrom: posting.occurredAt };
  putResource(view, resource);
  posting.changes.push(resourceChange(subscriber, old, resource), ...freed);
}

/** Ends a subscriber's resource. */
export function endResource(view: InventoryView, posting: Posting, subscriber: Subscriber, resource: Resource): void {
  endValue(view, posting, resource);
  posting.changes.push(resourceChange(subscriber, resource, null));
}

/** Ends a holder's assignment, who may be anybody's subscriber. */
function freeValue(view: InventoryView, posting: Posting, key: ResourceKey): Change[] {
  const assignment = assignmentOf(view, key);
  const holder = assignment && view.subscribers.get(assignment.subscriberId);
  if (!assignment || !holder) return [];
  endValue(view, posting, assignment);
  const change = resourceChange(holder, assignment, null);
  return [inTree(posting.actor, holder.tenantId, holder.accountPath) ? change : { ...change, outsideTree: true }];
}

function endValue(view: InventoryView, posting: Posting, resource: Resource): void {
  dropResource(view, resource);
  view.ended.push({ ...resource, validTo: posting.occurredAt, endedBy: posting.businessTransactionId });
}

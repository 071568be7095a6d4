import { SimyardError } from '#libs/errors';
import type { Tx } from '#libs/postgres';
import { findSubscriberIds } from './find-subscriber-ids.sql.js';
import { selectResourcePage, type ResourcePage, type ResourceQuery } from './read-resources.sql.js';
import {
  selectAttachedOffers,
  selectCurrentResources,
  selectSubscriberDetails,
  type AttachedOffer,
  type CurrentResource,
  type SubscriberDetails,
} from './read-subscriber.sql.js';
import { inTree, type AccountScope } from './references.js';
import type { ResourceTypes } from './resource-type.js';
import { wantNothing, wantSubscriber, type Reference } from './wanted.js';

/** The subscriber a reference names, if it is in the actor's tree: another's is as one that does not exist. */
export async function findSubscriber(
  tx: Tx,
  types: ResourceTypes,
  scope: AccountScope,
  reference: Reference,
): Promise<SubscriberDetails | undefined> {
  const wanted = wantNothing(types);
  wantSubscriber(wanted, scope.tenantId, reference);
  const [id] = reference.refId ? wanted.subscriberIds : await findSubscriberIds(tx, wanted);
  const found = id === undefined ? undefined : await selectSubscriberDetails(tx, id);
  return found && inTree(scope, found.tenantId, found.accountPath) ? found : undefined;
}

export type ResourceRead = { reference: Reference } & Omit<ResourceQuery, 'subscriberId'>;

/** A page of a subscriber's current values, and of the past ones on request. Throws SUBSCRIBER_NOT_FOUND. */
export async function readResources(
  tx: Tx,
  types: ResourceTypes,
  scope: AccountScope,
  { reference, ...query }: ResourceRead,
): Promise<ResourcePage & { subscriber: SubscriberDetails }> {
  const subscriber = await findSubscriber(tx, types, scope, reference);
  if (!subscriber) throw new SimyardError('SUBSCRIBER_NOT_FOUND');
  return { subscriber, ...(await selectResourcePage(tx, { ...query, subscriberId: subscriber.subscriberId })) };
}

/** A subscriber with its SIM and all that it has now. */
export interface SubscriberRead extends SubscriberDetails {
  resources: CurrentResource[];
  offers: AttachedOffer[];
}

/** The subscriber a reference names, if it is in the actor's tree, with its SIM, its resources and its offers. */
export async function readSubscriber(
  tx: Tx,
  types: ResourceTypes,
  scope: AccountScope,
  reference: Reference,
): Promise<SubscriberRead | undefined> {
  const found = await findSubscriber(tx, types, scope, reference);
  if (!found) return undefined;
  const resources = await selectCurrentResources(tx, found.subscriberId);
  return { ...found, resources, offers: await selectAttachedOffers(tx, found.subscriberId) };
}

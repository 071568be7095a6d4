import type { ResourceKey, ResourceTypes } from './resource-type.js';
import type { Account, EndedResource, Resource, Sim, Subscriber } from './rows.js';

/** The rows a batch has read and locked. */
export interface InventoryRows {
  accounts: Account[];
  subscribers: Subscriber[];
  resources: Resource[];
  sims: Sim[];
}

/**
 * What a batch decides on: `subscribers`, `resources` and `sims` are the state after the commands decided so far. A row
 * is never changed in place, a new one takes its place, so that comparing with `loaded` tells what is to be written.
 */
export interface InventoryView {
  /** a moment after the locks were taken */
  now: Date;
  types: ResourceTypes;
  /** operations that hold subscribers, by `Subscriber <id>`, also of those decided so far */
  locks: Map<string, string>;
  loaded: { subscribers: Map<string, Subscriber>; resources: Map<string, Resource>; sims: Map<string, Sim> };
  accounts: Map<string, Account>;
  subscribers: Map<string, Subscriber>;
  /** ids of subscribers by tenant and external id */
  externalIds: Map<string, string>;
  /** current assignments by type, scope and value */
  resources: Map<string, Resource>;
  resourcesOf: Map<string, Map<string, Resource>>;
  sims: Map<string, Sim>;
  /** ICCIDs by subscriber */
  simOf: Map<string, string>;
  ended: EndedResource[];
}

export const keyText = ({ type, scope, value }: ResourceKey): string => `${type}\0${scope}\0${value}`;
export const externalIdText = (tenantId: string, externalId: string): string => `${tenantId}\0${externalId}`;

export function createView(
  now: Date,
  types: ResourceTypes,
  rows: InventoryRows,
  locks: ReadonlyMap<string, string> = new Map(),
): InventoryView {
  const view: InventoryView = {
    now,
    types,
    locks: new Map(locks),
    loaded: {
      subscribers: new Map(rows.subscribers.map((row) => [row.subscriberId, row])),
      resources: new Map(rows.resources.map((row) => [keyText(row), row])),
      sims: new Map(rows.sims.map((row) => [row.iccid, row])),
    },
    accounts: new Map(rows.accounts.map((row) => [row.accountId, row])),
    subscribers: new Map(),
    externalIds: new Map(),
    resources: new Map(),
    resourcesOf: new Map(),
    sims: new Map(),
    simOf: new Map(),
    ended: [],
  };
  for (const subscriber of view.loaded.subscribers.values()) putSubscriber(view, subscriber);
  for (const resource of view.loaded.resources.values()) putResource(view, resource);
  for (const sim of view.loaded.sims.values()) putSim(view, sim);
  return view;
}

export function putSubscriber(view: InventoryView, subscriber: Subscriber): void {
  view.subscribers.set(subscriber.subscriberId, subscriber);
  view.externalIds.set(externalIdText(subscriber.tenantId, subscriber.externalId), subscriber.subscriberId);
}

export function putResource(view: InventoryView, resource: Resource): void {
  const key = keyText(resource);
  view.resources.set(key, resource);
  const own = view.resourcesOf.get(resource.subscriberId) ?? new Map<string, Resource>();
  view.resourcesOf.set(resource.subscriberId, own.set(key, resource));
}

export function dropResource(view: InventoryView, resource: Resource): void {
  const key = keyText(resource);
  view.resources.delete(key);
  view.resourcesOf.get(resource.subscriberId)?.delete(key);
}

export function putSim(view: InventoryView, sim: Sim): void {
  const previousHolder = view.sims.get(sim.iccid)?.subscriberId;
  if (previousHolder) view.simOf.delete(previousHolder);
  view.sims.set(sim.iccid, sim);
  if (sim.subscriberId !== null) view.simOf.set(sim.subscriberId, sim.iccid);
}

/** Who has the value now. */
export const assignmentOf = (view: InventoryView, key: ResourceKey): Resource | undefined =>
  view.resources.get(keyText(key));

export const simOfSubscriber = (view: InventoryView, subscriberId: string): Sim | undefined =>
  view.sims.get(view.simOf.get(subscriberId) ?? '');

export const subscriberByExternalId = (
  view: InventoryView,
  tenantId: string,
  externalId: string,
): Subscriber | undefined => view.subscribers.get(view.externalIds.get(externalIdText(tenantId, externalId)) ?? '');

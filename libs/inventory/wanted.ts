import type { CommandData } from '#libs/contracts';
import { resourceKey, type ResourceKey, type ResourceTypes } from './resource-type.js';
import { externalIdText, keyText } from './view.js';

/** Names a subscriber by one of Simyard's id, the caller's id, or an identifier; the first one given counts. */
export type Reference = NonNullable<CommandData<'SwapSubscriberResource'>['subscriber']>;

/** Identifier type of a SIM card. Not a resource type: a card is an entity of its own. */
export const iccidIdentifier = 'ICCID';

/** What the commands of a batch name, each once: it is looked up, and its holders are locked. */
export interface Wanted {
  types: ResourceTypes;
  subscriberIds: Set<string>;
  externalIds: Map<string, { tenantId: string; externalId: string }>;
  resources: Map<string, ResourceKey>;
  iccids: Set<string>;
  accountIds: Set<string>;
  /** whether the commands also need the SIMs of their subscribers */
  sims: boolean;
  /** whether they also need what else their subscribers have */
  ownResources: boolean;
}

export const wantNothing = (types: ResourceTypes): Wanted => ({
  types,
  subscriberIds: new Set(),
  externalIds: new Map(),
  resources: new Map(),
  iccids: new Set(),
  accountIds: new Set(),
  sims: false,
  ownResources: false,
});

export function wantSubscriber(wanted: Wanted, tenantId: string, reference: Reference | undefined): void {
  if (!reference) return;
  const { refId, externalId, identifier } = reference;
  if (refId) wanted.subscriberIds.add(refId.toLowerCase());
  else if (externalId) wantExternalId(wanted, tenantId, externalId);
  else if (identifier?.type === iccidIdentifier) wanted.iccids.add(identifier.value);
  else if (identifier) wantResource(wanted, tenantId, identifier.type, identifier.value);
}

export function wantExternalId(wanted: Wanted, tenantId: string, externalId: string): void {
  wanted.externalIds.set(externalIdText(tenantId, externalId), { tenantId, externalId });
}

/** A value without the format of its type is nobody's: there is nothing to look up. */
export function wantResource(
  wanted: Wanted,
  tenantId: string,
  type: string | undefined,
  value: string | undefined,
): void {
  const key = type && value && resourceKey(wanted.types, tenantId, type, value);
  if (key) wanted.resources.set(keyText(key), key);
}

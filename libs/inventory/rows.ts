import type { CustomProperty, Plain, SimStatus, SubscriberState } from '#libs/contracts';
import type { ResourceKey } from './resource-type.js';

export interface Account {
  accountId: string;
  tenantId: string;
  /** ids from the root, which is the tenant, to the account itself */
  path: string[];
}

export interface Subscriber {
  subscriberId: string;
  tenantId: string;
  accountId: string;
  accountPath: string[];
  externalId: string;
  state: SubscriberState;
  platform: string | null;
  version: number;
  changedAt: Date;
}

/** A current assignment of a value to a subscriber; a swap gives it another value and keeps its id. */
export interface Resource extends ResourceKey {
  resourceId: string;
  tenantId: string;
  subscriberId: string;
  version: number;
  validFrom: Date;
}

/** A value that has ended, and the business transaction that ended it. */
export interface EndedResource extends Resource {
  validTo: Date;
  endedBy: string;
}

/** An offer that a subscriber has; attached again it is another one. */
export interface SubscriberOffer {
  subscriberOfferId: string;
  subscriberId: string;
  tenantId: string;
  offerId: string;
  version: number;
  attachedAt: Date;
}

/** A name and a value that callers keep with an account; names are one of a kind per account. */
export interface ExternalParam {
  instanceId: string;
  tenantId: string;
  accountId: string;
  name: string;
  value: string;
  version: number;
  createdAt: Date;
  changedAt: Date;
}

export interface Sim {
  iccid: string;
  tenantId: string;
  accountId: string;
  subscriberId: string | null;
  imsi: string | null;
  platform: string | null;
  status: SimStatus;
  /** when the SIM became ACTIVE for the first time, or for the first time since that was reset */
  firstActivatedAt: Date | null;
  /** in the order in which they were assigned first; a name is there once */
  customProperties: Plain<CustomProperty>[];
  version: number;
  changedAt: Date;
}

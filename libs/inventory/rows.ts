import type { SimStatus, SubscriberState } from '#libs/contracts';
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

export interface Sim {
  iccid: string;
  tenantId: string;
  accountId: string;
  subscriberId: string | null;
  imsi: string | null;
  platform: string | null;
  status: SimStatus;
  version: number;
  changedAt: Date;
}

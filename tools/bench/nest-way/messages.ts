import type { BusinessTransactionHeader, EntityChanged } from '#libs/contracts';

export const topics = {
  commands: 'nest-way.commands',
  events: 'nest-way.events',
  outcomes: 'nest-way.outcomes',
} as const;

export interface Swap {
  requestId: string;
  transactionId: string;
  subscriber: { externalId: string };
  resourceType: string;
  swapResource: string;
  resource: string;
}

interface ResourceState {
  id: string;
  subscriberId: string;
  subscriberExternalId: string;
  type: string;
  value: string;
  validFrom: string;
}

/** The product's own event, of a swap. */
export interface SwapEvent extends Omit<EntityChanged, 'before' | 'after'> {
  businessTransaction: Required<BusinessTransactionHeader>;
  before: ResourceState;
  after: ResourceState;
}

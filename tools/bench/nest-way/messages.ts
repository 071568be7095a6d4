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

export interface SwapEvent {
  businessTransaction: {
    id: string;
    type: string;
    operationId: string;
    commandId: string;
    requestId: string;
    transactionId: string;
    correlationId: string;
    tenant: string;
    accountId: string;
    actor: string;
    occurredAt: string;
    entityCount: number;
  };
  sequence: number;
  entityType: string;
  entityId: string;
  version: number;
  operation: string;
  before: ResourceState;
  after: ResourceState;
}

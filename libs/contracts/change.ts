export const entityTypes = [
  'Account',
  'Subscriber',
  'SubscriberResource',
  'SIM',
  'SubscriberOffer',
  'ExternalParam',
] as const;
export type EntityType = (typeof entityTypes)[number];
export type ChangeOperation = 'CREATED' | 'UPDATED' | 'DELETED';

/** CloudEvents type of a message on the business-transactions topic. */
export const entityChangedType = 'simyard.EntityChanged.v1';
export const commandOutcomeType = 'simyard.CommandOutcome.v1';

/** What all changes of one command share. */
export interface BusinessTransactionHeader {
  id: string;
  /** name of the command, e.g. `SwapSubscriberResource` */
  type: string;
  operationId: string;
  commandId: string;
  requestId?: string;
  transactionId?: string;
  correlationId: string;
  tenant: string;
  /** account of the entity */
  accountId: string;
  actor: string;
  /** RFC 3339, UTC, milliseconds */
  occurredAt: string;
  entityCount: number;
}

/** Value of one message on the business-transactions topic: one entity's change within a business transaction. */
export interface EntityChanged {
  businessTransaction: BusinessTransactionHeader;
  /** 1 to entityCount */
  sequence: number;
  entityType: EntityType;
  entityId: string;
  /** from 1, without gaps per entity */
  version: number;
  operation: ChangeOperation;
  before: EntityState | null;
  after: EntityState | null;
}

/** One entity's change as decided, before its business transaction is known; in the order of versions within a batch. */
export interface Change {
  entityType: EntityType;
  entityId: string;
  /** Kafka key of the change: the aggregate (subscriber, SIM, account) the entity belongs to, the same for life */
  aggregateId: string;
  /** tenant and account of the entity */
  tenantId: string;
  accountId: string;
  version: number;
  operation: ChangeOperation;
  before: EntityState | null;
  after: EntityState | null;
  /** the entity is outside the actor's account tree: the change is published, but not shown to who caused it */
  outsideTree?: true;
}

/** An entity as published: plain JSON, first-level attributes in the field's terms. */
export type EntityState = Record<string, unknown>;

export const outcomeStatuses = ['ACCEPTED', 'COMPLETED', 'REJECTED', 'FAILED'] as const;
export type OutcomeStatus = (typeof outcomeStatuses)[number];

/** Value of one message on the command-outcomes topic. */
export interface CommandOutcome {
  commandId: string;
  operationId: string;
  status: OutcomeStatus;
  error?: { code: string; message: string; details?: Record<string, unknown> };
  businessTransactionId?: string;
}

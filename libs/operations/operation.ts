/** States of the one operation model behind every facade; an operation that has a failed item is never COMPLETED. */
export const operationStatuses = [
  'ACCEPTED',
  'IN_PROGRESS',
  'COMPLETED',
  'COMPLETED_WITH_ERRORS',
  'FAILED',
  'CANCELLED',
  'TIMED_OUT',
] as const;
export type OperationStatus = (typeof operationStatuses)[number];

/** A row of operations.operation. `request`, `response` and `error` are JSON as text: written and read once, never parsed here. */
export interface OperationRow {
  /** UUIDv7: its time is the partition key */
  operationId: string;
  tenantId: string;
  /** account of the actor: who may read the operation */
  accountId: string;
  actor: string;
  clientId: string | null;
  /** `ocs`, `kafka`, … */
  facade: string;
  /** name of the command, e.g. `SwapSubscriberResource` */
  action: string;
  status: OperationStatus;
  commandId: string;
  commandSource: string;
  entityType: string | null;
  entityId: string | null;
  requestId: string | null;
  transactionId: string | null;
  correlationId: string;
  causationId: string | null;
  replayOf: string | null;
  businessTransactionId: string | null;
  request: string | null;
  response: string | null;
  error: string | null;
  sourceTopic: string | null;
  sourcePartition: number | null;
  /** bigint, as Kafka clients give it */
  sourceOffset: string | null;
  createdAt: Date;
  updatedAt: Date;
  deadline: Date | null;
}

/** Why an operation did not complete, as its column `error` holds it. */
export interface OperationError {
  code: string;
  message: string;
  details?: Record<string, unknown>;
}

/** How an open operation ended. */
export interface OperationEnd {
  operationId: string;
  status: OperationStatus;
  businessTransactionId: string | null;
  /** the entity that changed, where the operation did not know it before */
  entityType?: string | null;
  entityId?: string | null;
  /** JSON text */
  response: string | null;
  /** JSON text `{code, message, details?}` */
  error: string | null;
  endedAt: Date;
}

const openStatuses: ReadonlySet<OperationStatus> = new Set(['ACCEPTED', 'IN_PROGRESS']);

/** An operation that has not ended: its command may still change state. */
export const isOpen = (status: OperationStatus): boolean => openStatuses.has(status);

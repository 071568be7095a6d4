import type { BulkAction } from '#libs/contracts';
import type { OperationError, OperationStatus } from '#libs/operations';

/** STAGED: its items are being stored, or wait for their SubmitBulkJob. CANCELLING: what has not been sent is not sent any more. */
export type JobState = 'STAGED' | 'RUNNING' | 'CANCELLING' | 'ENDED';

/** A job to be stored; its id is that of the SubmitBulkJob or RetryFailedItems operation. */
export interface NewJob {
  jobId: string;
  tenantId: string;
  /** account of the actor: who may read the job */
  accountId: string;
  actor: string;
  clientId: string | null;
  /** `flolive`, `admin`, `kafka`, … */
  facade: string;
  action: BulkAction;
  dryRun: boolean;
  /** the job whose failed items it repeats */
  retryOf: string | null;
  correlationId: string;
}

/** An item to be stored. */
export interface NewItem {
  /** from 1, without a gap within its job */
  ordinal: number;
  /** the caller's identifier in the report, else the ordinal */
  key: string;
  /** JSON of the command's data; null when it does not fit the action */
  data: string | null;
  /** UUIDv7; fixed for good, so that the item is done once */
  operationId: string;
  /** JSON {code, message} of why it has failed already, where it has no data */
  error?: string;
}

/** How far a job is. Pending items are what is left of the total. */
export interface JobCounts {
  total: number;
  inFlight: number;
  completed: number;
  failed: number;
  cancelled: number;
}

/** A job as its readers see it; `status`, `error` and `deadline` are those of its operation. */
export interface Job extends NewJob, JobCounts {
  state: JobState;
  status: OperationStatus;
  error: OperationError | null;
  pending: number;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  deadline: Date | null;
}

export const endedItemStatuses = ['COMPLETED', 'FAILED', 'CANCELLED'] as const;
export type EndedItemStatus = (typeof endedItemStatuses)[number];

export const itemStatuses = ['PENDING', 'IN_FLIGHT', ...endedItemStatuses] as const;
export type ItemStatus = (typeof itemStatuses)[number];

/** An item in a job's report. */
export interface Item {
  ordinal: number;
  key: string;
  operationId: string;
  status: ItemStatus;
  error: OperationError | null;
  endedAt: Date | null;
}

import type { OperationError, OperationStatus } from '#libs/operations';
import { failureOf, noError, unavailable, type FloliveError } from './flolive-errors.js';

export const callStatuses = ['OPEN', 'SUCCESS', 'FAILURE', 'INTERNAL_ERROR'] as const;
export type CallStatus = (typeof callStatuses)[number];

/** How far a call is, and why it failed. */
export interface Call {
  status: CallStatus;
  error: FloliveError;
}

/** What a call is made from: an operation, or an item of a bulk. */
export interface Called {
  /** name of the command, by which a failure is worded */
  action: string;
  status: OperationStatus;
  error: OperationError | null;
}

/** Why an operation without a stored error did not complete. */
const codeOfStatus: Partial<Record<OperationStatus, string>> = {
  COMPLETED_WITH_ERRORS: 'BULK_ITEMS_FAILED',
  CANCELLED: 'OPERATION_CANCELLED',
  TIMED_OUT: 'OPERATION_TIMED_OUT',
};

/** A refusal, a deadline and a cancel are FAILURE, for reasons that the caller can read; a fault of ours is INTERNAL_ERROR. */
export function callOf({ action, status, error }: Called): Call {
  if (status === 'ACCEPTED' || status === 'IN_PROGRESS') return { status: 'OPEN', error: noError };
  if (status === 'COMPLETED') return { status: 'SUCCESS', error: noError };
  const failure = failureOf(action, error?.code ?? codeOfStatus[status] ?? '');
  return failure ? { status: 'FAILURE', error: failure } : { status: 'INTERNAL_ERROR', error: unavailable };
}

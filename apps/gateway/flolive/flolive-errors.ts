import { HttpStatus } from '@nestjs/common';
import type { CommandName } from '#libs/contracts';
import { errorCodes, isErrorCode, type ErrorCode } from '#libs/errors';
import { httpStatuses } from '../http/http-status.js';

/** What floLIVE's answers say of an error; both empty where there is none. */
export interface FloliveError {
  errorCode: string;
  errorMessage: string;
}

const says = (errorCode: string, errorMessage: string): FloliveError => ({ errorCode, errorMessage });
/** A code of ours in our words. */
const ours = (errorCode: string, code: ErrorCode): FloliveError => says(errorCode, errorCodes[code].message);

export const noError = says('', '');
export const validationFailed = says('SUBSCRIBER_1000', 'Validation failed');
export const unavailable = says('GLOBAL_1001', 'Service unavailable. Please try again');
export const unknownCall = says('GLOBAL_1003', 'Provided request ID does not exist for your account.');
const otherFailure = says('GLOBAL_9000', 'The action failed.');

/** Errors of one meaning, whichever action met them. Numbers from 9000 are ours. */
export const floliveErrors: Partial<Record<ErrorCode, FloliveError>> = {
  SUBSCRIBER_NOT_FOUND: says('SUBSCRIBER_1002', 'Subscriber does not exist'),
  LOCKED: ours('GLOBAL_1009', 'LOCKED'),
  OFFER_NOT_FOUND: ours('SUBSCRIBER_9001', 'OFFER_NOT_FOUND'),
  OFFER_ATTACHED: ours('SUBSCRIBER_9002', 'OFFER_ATTACHED'),
  OFFER_NOT_ATTACHED: ours('SUBSCRIBER_9003', 'OFFER_NOT_ATTACHED'),
  ACCOUNT_NOT_FOUND: says('CUSTOMER_9001', 'Customer does not exist'),
  EXTERNAL_PARAM_NOT_FOUND: ours('CUSTOMER_9002', 'EXTERNAL_PARAM_NOT_FOUND'),
  EXTERNAL_PARAM_EXISTS: ours('CUSTOMER_9003', 'EXTERNAL_PARAM_EXISTS'),
  BULK_ITEMS_FAILED: ours('GLOBAL_9001', 'BULK_ITEMS_FAILED'),
  UNAUTHENTICATED: ours('GLOBAL_9401', 'UNAUTHENTICATED'),
  FORBIDDEN: ours('GLOBAL_9403', 'FORBIDDEN'),
  TENANT_UNKNOWN: ours('GLOBAL_9403', 'FORBIDDEN'),
  NOT_FOUND: ours('GLOBAL_9404', 'NOT_FOUND'),
  METHOD_NOT_ALLOWED: ours('GLOBAL_9405', 'METHOD_NOT_ALLOWED'),
  REQUEST_ID_REUSED: says('GLOBAL_9409', 'The Idempotency-Key was used before with another request.'),
  REQUEST_TOO_LARGE: ours('GLOBAL_9413', 'REQUEST_TOO_LARGE'),
  UNSUPPORTED_MEDIA_TYPE: ours('GLOBAL_9415', 'UNSUPPORTED_MEDIA_TYPE'),
};

/** Why an action failed, where its own error is not one of those above. */
export const failures: Partial<Record<CommandName, FloliveError>> = {
  ChangeSimStatus: says('SUBSCRIBER_1008', 'Failed to update subscriber status'),
  ResetActivationTime: says('SUBSCRIBER_1063', 'Failed to reset SIM first activation time'),
  AttachOffer: says('SUBSCRIBER_9011', 'Failed to attach the offer'),
  DetachOffer: says('SUBSCRIBER_9012', 'Failed to detach the offer'),
  CreateExternalParam: says('CUSTOMER_9011', 'Failed to create the external parameter'),
  ModifyExternalParam: says('CUSTOMER_9012', 'Failed to modify the external parameter'),
  DeleteExternalParam: says('CUSTOMER_9013', 'Failed to delete the external parameter'),
};

/** All that floLIVE's answers may say; docs/flolive.md explains each. */
export const everyError: FloliveError[] = [
  ...[validationFailed, unavailable, unknownCall, otherFailure],
  ...Object.values(floliveErrors),
  ...Object.values(failures),
];

/** How a request that was refused is answered. */
export function refusalOf(code: ErrorCode): FloliveError {
  const status: number = httpStatuses[code];
  return floliveErrors[code] ?? (status >= firstFault ? unavailable : validationFailed);
}

const firstFault: number = HttpStatus.INTERNAL_SERVER_ERROR;

/** Why an admitted action failed; nothing when it met a fault, which is nobody's answer. */
export function failureOf(action: string, code: string): FloliveError | undefined {
  if (!isErrorCode(code) || errorCodes[code].disposition !== 'reject') return undefined;
  return floliveErrors[code] ?? new Map(Object.entries(failures)).get(action) ?? otherFailure;
}

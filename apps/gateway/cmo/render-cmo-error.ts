import { errorCodes, isErrorCode, type SimyardError } from '#libs/errors';
import type { OperationError } from '#libs/operations';
import type { Answer } from '../http/answer.js';
import { errorHeaders } from '../http/error-headers.js';
import { httpStatusOf } from '../http/http-status.js';

/** An error as TMF630 words it, with our code. */
export interface CmoError {
  code: string;
  /** what the code says of every such error */
  reason: string;
  /** what there is to say of this one */
  message: string;
  /** e.g. `index` of a patch's operation, `field` of a request */
  details?: Record<string, unknown>;
  /** the HTTP status, as text */
  status: string;
  '@type': 'Error';
  correlationId: string;
}

/** Errors in the facade's shape; a refusal by a lock links to what holds it. */
export const renderCmoError = ({ code, message, details }: SimyardError, correlationId: string): Answer =>
  cmoErrorAnswer({ code, message, ...(details && { details }) }, correlationId);

/** The same for an error that an operation ended with. */
export function cmoErrorAnswer(error: OperationError, correlationId: string): Answer {
  const monitor = error.details?.['monitor'];
  const headers = typeof monitor === 'string' ? errorHeaders(error, () => monitor) : errorHeaders(error);
  return { status: httpStatusOf(error.code), headers, body: cmoError(error, correlationId) };
}

/** Pure: the body of an error. */
export function cmoError({ code, message, details }: OperationError, correlationId: string): CmoError {
  const reason = isErrorCode(code) ? errorCodes[code].message : message;
  const status = String(httpStatusOf(code));
  return { code, reason, message, ...(details && { details }), status, '@type': 'Error', correlationId };
}

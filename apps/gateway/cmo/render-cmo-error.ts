import type { SimyardError } from '#libs/errors';
import type { OperationError } from '#libs/operations';
import type { Answer } from '../http/answer.js';
import { errorHeaders } from '../http/error-headers.js';
import { httpStatusOf } from '../http/http-status.js';
import { tmf630Error } from '../http/tmf630-error.js';

/** Errors in the facade's shape; a refusal by a lock links to what holds it. */
export const renderCmoError = ({ code, message, details }: SimyardError, correlationId: string): Answer =>
  cmoErrorAnswer({ code, message, ...(details && { details }) }, correlationId);

/** The same for an error that an operation ended with. */
export function cmoErrorAnswer(error: OperationError, correlationId: string): Answer {
  const monitor = error.details?.['monitor'];
  const headers = typeof monitor === 'string' ? errorHeaders(error, () => monitor) : errorHeaders(error);
  return { status: httpStatusOf(error.code), headers, body: tmf630Error(error, correlationId) };
}

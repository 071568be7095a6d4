import { errorCodes, isErrorCode } from '#libs/errors';
import type { OperationError } from '#libs/operations';
import { httpStatusOf } from './http-status.js';

/** An error as TMF630 words it, with our code. */
export interface Tmf630Error {
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

/** Pure: the body of an error. */
export function tmf630Error({ code, message, details }: OperationError, correlationId: string): Tmf630Error {
  const reason = isErrorCode(code) ? errorCodes[code].message : message;
  const status = String(httpStatusOf(code));
  return { code, reason, message, ...(details && { details }), status, '@type': 'Error', correlationId };
}

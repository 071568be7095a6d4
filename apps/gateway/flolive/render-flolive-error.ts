import type { SimyardError } from '#libs/errors';
import type { Answer } from '../http/answer.js';
import { errorHeaders } from '../http/error-headers.js';
import { httpStatuses } from '../http/http-status.js';
import { refusalBody } from './bodies.js';
import { refusalOf } from './flolive-errors.js';

/** Where a call is shown: that of any operation, also of one that holds a lock. */
const callUrl = (operationId: string): string => `/api/v2/global/call/${operationId}`;

/** Errors in floLIVE's shape, with the status of our code; a refusal by a lock names the call that holds it. */
export function renderFloliveError(error: SimyardError): Answer {
  return {
    status: httpStatuses[error.code],
    headers: errorHeaders(error, callUrl),
    body: refusalBody(refusalOf(error.code)),
  };
}

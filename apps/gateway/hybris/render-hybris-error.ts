import { HttpStatus } from '@nestjs/common';
import type { ErrorCode, SimyardError } from '#libs/errors';
import type { Answer } from '../http/answer.js';
import { httpStatuses } from '../http/http-status.js';
import { mandatoryParameters } from './read-orders.js';

/** An error as seed 004 words it. */
interface Worded {
  message: string;
  /** where the document has none, ours says what is wrong */
  description?: string;
}

/** Seed 004 has the same words for both. */
const notWellFormed: Worded = {
  message: 'The request is invalid or not properly formed.',
  description: 'The requested operation failed because a resource associated with the request could not be found.',
};

/** The document's words by status, to the letter; it has no body for 403, 406, 413, 415, 502 and 503: those are ours. */
const words: Partial<Record<HttpStatus, Worded>> = {
  [HttpStatus.UNAUTHORIZED]: {
    message: 'The user could not be authenticated for this request.',
    description:
      'The request has not been applied because it lacks valid authentication credentials for the target resource',
  },
  [HttpStatus.FORBIDDEN]: {
    message: 'The server understood the request but refuses to fulfill it.',
  },
  [HttpStatus.NOT_FOUND]: notWellFormed,
  [HttpStatus.METHOD_NOT_ALLOWED]: { message: 'APIKIT:METHOD_NOT_ALLOWED' },
  [HttpStatus.NOT_ACCEPTABLE]: { message: 'APIKIT:NOT_ACCEPTABLE' },
  [HttpStatus.UNSUPPORTED_MEDIA_TYPE]: { message: 'APIKIT:UNSUPPORTED_MEDIA_TYPE' },
  [HttpStatus.TOO_MANY_REQUESTS]: notWellFormed,
  [HttpStatus.INTERNAL_SERVER_ERROR]: { message: 'The request failed due to an internal error.' },
  [HttpStatus.NOT_IMPLEMENTED]: { message: 'LLA:NOT_IMPLEMENTED' },
  [HttpStatus.BAD_GATEWAY]: { message: 'LLA:BAD_GATEWAY' },
  [HttpStatus.SERVICE_UNAVAILABLE]: { message: 'LLA:SERVICE_UNAVAILABLE' },
};

/** Everything else that is the caller's to mend. */
const invalidParameter: Worded = { message: 'SF:INVALID_PARAMETER' };

/** Seconds after which a maintenance may be over; as the document has it. */
const maintenanceS = '120';

/** A backend that is away is not this server's maintenance. */
const awayCodes: readonly ErrorCode[] = ['DATABASE_UNAVAILABLE', 'BROKER_UNAVAILABLE'];

/** Errors in the shape and the words of seed 004. */
export function renderHybrisError(error: SimyardError, _correlationId: string, method: string): Answer {
  const status = statusOf(error);
  const { message, description } = words[status] ?? invalidParameter;
  return {
    status,
    headers: headersOf(error, status),
    body: { errors: [{ code: status, message, description: description ?? ourDescription(error, status, method) }] },
  };
}

/** A repeat that is no repeat is a wrong parameter in this facade. */
function statusOf({ code }: SimyardError): HttpStatus {
  if (awayCodes.includes(code)) return HttpStatus.BAD_GATEWAY;
  const status = httpStatuses[code];
  return status in words || status === HttpStatus.PAYLOAD_TOO_LARGE ? status : HttpStatus.BAD_REQUEST;
}

function ourDescription({ code, message, details }: SimyardError, status: HttpStatus, method: string): string {
  switch (status) {
    case HttpStatus.METHOD_NOT_ALLOWED:
      return `HTTP Method ${method.toLowerCase()} not allowed for : /{businessId}/service`;
    case HttpStatus.NOT_IMPLEMENTED:
      return `Operation PATCH /service for Business Id: ${String(details?.['businessId'])} not implemented`;
    case HttpStatus.BAD_REQUEST:
      return message.startsWith(mandatoryParameters) ? message : `${mandatoryParameters}: ${message}`;
    case HttpStatus.INTERNAL_SERVER_ERROR:
      return code === 'INTERNAL_ERROR' ? 'An unexpected condition; the correlation id finds it in the log.' : message;
    default:
      return message;
  }
}

function headersOf({ details }: SimyardError, status: HttpStatus): Record<string, string> {
  const retryAfter = details?.['retryAfterS'];
  if (status === HttpStatus.SERVICE_UNAVAILABLE) return { 'retry-after': maintenanceS };
  if (status === HttpStatus.TOO_MANY_REQUESTS && typeof retryAfter === 'number')
    return { 'retry-after': String(retryAfter) };
  return {};
}

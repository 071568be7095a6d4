import type { SimyardError } from '#libs/errors';
import type { OperationError } from '#libs/operations';
import { serviceMonitorHref, servicePrefix } from '#libs/services';
import { tmf630Error } from '../http/tmf630-error.js';
import type { Answer } from '../http/answer.js';
import { errorHeaders } from '../http/error-headers.js';
import { httpStatusOf } from '../http/http-status.js';

/** Errors as TMF630 words them; a refusal by a lock links to the monitor of what holds it. */
export const renderTmf640Error = ({ code, message, details }: SimyardError, correlationId: string): Answer =>
  tmf640ErrorAnswer({ code, message, ...(details && { details }) }, correlationId);

/** The same for an error that an operation ended with. */
export const tmf640ErrorAnswer = (error: OperationError, correlationId: string): Answer => ({
  status: httpStatusOf(error.code),
  headers: errorHeaders(error, (operationId) => serviceMonitorHref(servicePrefix, operationId)),
  body: tmf630Error(error, correlationId),
});

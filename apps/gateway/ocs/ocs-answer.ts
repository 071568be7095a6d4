import { HttpStatus } from '@nestjs/common';
import type { OperationAnswer } from '#libs/operations';
import type { Submitted } from '../commands/submit.js';
import type { Answer } from '../http/answer.js';
import { errorBody } from '../http/error-body.js';
import { errorHeaders } from '../http/error-headers.js';
import { httpStatusOf } from '../http/http-status.js';

/** Seconds until it is worth looking at an operation that has not ended. */
const lookAgainS = '2';

/** The business transaction, or the refusal; 202 while the operation is open. The same for a request and its repeats. */
export function ocsAnswer(submitted: Submitted): Answer {
  if (submitted.ended) return endedAnswer(submitted.answer);
  const { operationId, status } = submitted;
  return {
    status: HttpStatus.ACCEPTED,
    headers: { location: `/admin/v1/operations/${operationId}`, 'retry-after': lookAgainS },
    body: { operationId, status },
  };
}

function endedAnswer({ status, response, error, correlationId }: OperationAnswer): Answer {
  if (status === 'COMPLETED') return { status: HttpStatus.OK, body: response };
  const refusal = error ?? { code: 'INTERNAL_ERROR', message: `The operation ended as ${status}.` };
  return {
    status: httpStatusOf(refusal.code),
    headers: errorHeaders(refusal),
    body: errorBody(refusal, correlationId),
  };
}

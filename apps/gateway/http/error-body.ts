import type { OperationError } from '#libs/operations';

/** Error shape of the OCS and admin facades. */
export interface ErrorBody {
  error: OperationError & { correlationId: string };
}

export function errorBody({ code, message, details }: OperationError, correlationId: string): ErrorBody {
  return { error: { code, message, ...(details && { details }), correlationId } };
}

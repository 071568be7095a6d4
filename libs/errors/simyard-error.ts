import { errorCodes, type Disposition, type ErrorCode } from './error-codes.js';

/** What a caller may be told beside code and message, e.g. `{ field: 'subscriber.refId' }`. Never an identifier of a person. */
export type ErrorDetails = Record<string, unknown>;

/** The one error class: a code of the closed list, what may be told to the caller, and the cause for the log. */
export class SimyardError extends Error {
  override readonly name = 'SimyardError';

  constructor(
    readonly code: ErrorCode,
    options: { message?: string; details?: ErrorDetails; cause?: unknown } = {},
  ) {
    super(options.message ?? errorCodes[code].message, 'cause' in options ? { cause: options.cause } : undefined);
    if (options.details) this.details = options.details;
  }

  readonly details?: ErrorDetails;

  get disposition(): Disposition {
    return errorCodes[this.code].disposition;
  }
}

/** The error itself when it is ours, else INTERNAL_ERROR with it as the cause. */
export function asSimyardError(error: unknown): SimyardError {
  return error instanceof SimyardError ? error : new SimyardError('INTERNAL_ERROR', { cause: error });
}

import type { Change } from '#libs/contracts';
import { errorCodes, type ErrorCode } from '#libs/errors';
import type { Decision } from './command.js';

/** `occurredAt` is never below the times of earlier changes of the same entities. */
export const completed = (occurredAt: Date, changes: Change[]): Decision => ({
  status: 'COMPLETED',
  occurredAt,
  changes,
});

/** A business refusal; `field` names the attribute of the request that is at fault. */
export const rejected = (code: ErrorCode, field?: string): Decision => ({
  status: 'REJECTED',
  error: { code, message: errorCodes[code].message, ...(field === undefined ? {} : { details: { field } }) },
});

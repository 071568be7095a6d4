import { isErrorCode, type ErrorCode } from '#libs/errors';

/** Status code of a change that ended before its platform answered; a code that no change ends with is a fault. */
export const refusalStatuses: Partial<Record<ErrorCode, number>> = {
  PRODUCT_NOT_FOUND: 404,
  SUBSCRIBER_NOT_FOUND: 404,
  SIM_NOT_FOUND: 404,
  ACCOUNT_NOT_FOUND: 404,
  SUBSCRIBER_REQUIRED: 400,
  SIM_STATUS_REQUIRED: 400,
  ACCOUNT_REQUIRED: 400,
  BULK_ITEM_INVALID: 400,
  PLATFORM_CHANGE_NOT_OFFERED: 400,
  JSON_PATCH_INVALID: 400,
  CUSTOM_PROPERTIES_TOO_MANY: 422,
  PLATFORM_NOT_CONFIGURED: 422,
  PLATFORM_FAILED: 502,
  OPERATION_TIMED_OUT: 504,
  INTERNAL_ERROR: 500,
  LOCKED: 409,
  ACCOUNT_UNCHANGED: 409,
  SIM_STATUS_UNCHANGED: 409,
  SUBSCRIBER_DEACTIVATED: 409,
  SUBSCRIBER_STATE_TRANSITION: 409,
  PLATFORM_STATE_CONFLICT: 409,
  OPERATION_CANCELLED: 409,
};

const fault = 500;

/** The status code for a stored error, whose code may be of another release. */
export const refusalStatus = (code: string): number => (isErrorCode(code) ? refusalStatuses[code] : undefined) ?? fault;

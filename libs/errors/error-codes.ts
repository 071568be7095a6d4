/**
 * What the consumer does with a command that ended in an error:
 * - reject: a final business answer; the command's outcome is REJECTED
 * - rerun: the transaction met another one; run the batch again, then in halves
 * - retry: bounded attempts while the partition is paused, then the dead letter
 * - wait: infrastructure is away; consumption stops without spending the retry budget
 * - dead-letter: no attempt can help
 */
export type Disposition = 'reject' | 'rerun' | 'retry' | 'wait' | 'dead-letter';

interface CodeDefinition {
  disposition: Disposition;
  message: string;
}

function reject<M extends string>(message: M): { disposition: 'reject'; message: M } {
  return { disposition: 'reject', message };
}
function deadLetter<M extends string>(message: M): { disposition: 'dead-letter'; message: M } {
  return { disposition: 'dead-letter', message };
}

/** The closed list of error codes. Each is explained in docs/errors.md; a test compares the two. */
export const errorCodes = {
  // The request as such
  REQUEST_INVALID: reject('The request does not match its schema.'),
  REQUEST_TOO_LARGE: reject('The request body is larger than 512 KiB.'),
  UNSUPPORTED_MEDIA_TYPE: reject('The content type is not supported.'),
  METHOD_NOT_ALLOWED: reject('The method is not allowed for this resource.'),
  NOT_FOUND: reject('The resource does not exist.'),
  UNAUTHENTICATED: reject('Client credentials or a valid token are required.'),
  TOO_MANY_REQUESTS: reject('The client has sent too many requests.'),
  NOT_ACCEPTABLE: reject('Answers are application/json.'),
  FORBIDDEN: reject('The client may not do this.'),
  REQUEST_ID_REQUIRED: reject('requestId must be provided.'),
  REQUEST_ID_REUSED: reject('requestId was used before with another request.'),
  REQUEST_IN_PROGRESS: reject('A request with this requestId is still being processed.'),

  // Accounts and subscribers
  ACCOUNT_NOT_FOUND: reject('The account does not exist.'),
  BUSINESS_UNIT_NOT_CONFIGURED: reject('The business unit is not configured.'),
  SUBSCRIBER_REQUIRED: reject('subscriber must be provided by externalId, refId or identifier.'),
  SUBSCRIBER_NOT_FOUND: reject('The subscriber does not exist.'),
  SUBSCRIBER_DEACTIVATED: reject('The subscriber is Deactivated.'),
  SUBSCRIBER_EXISTS: reject('A subscriber with this externalId exists already.'),
  SUBSCRIBER_STATE_REQUIRED: reject('state must be provided.'),
  SUBSCRIBER_STATE_TRANSITION: reject('The subscriber cannot go from its state to the one asked for.'),
  SIM_IN_USE: reject('The SIM belongs to another subscriber.'),
  ICCID_INVALID: reject('The ICCID must be 18 to 20 digits.'),
  PLATFORM_NOT_CONFIGURED: reject('The platform is not configured in the system.'),
  SIM_NOT_FOUND: reject('The subscriber has no SIM.'),
  SIM_STATUS_REQUIRED: reject('status must be provided.'),
  SIM_STATUS_UNCHANGED: reject('The SIM has this status already.'),
  ACCOUNT_REQUIRED: reject('accountId must be provided.'),
  ACCOUNT_UNCHANGED: reject('The SIM belongs to this account already.'),
  CUSTOM_PROPERTIES_TOO_MANY: reject('The SIM would have more custom properties than allowed.'),
  SIM_STATUS_TRANSITION: reject('The SIM cannot go from its status to the one asked for.'),
  OFFER_REQUIRED: reject('offerId must be provided.'),
  OFFER_NOT_FOUND: reject('The offer does not exist.'),
  OFFER_ATTACHED: reject('The subscriber has this offer already.'),
  OFFER_NOT_ATTACHED: reject('The subscriber does not have this offer.'),
  EXTERNAL_PARAM_NOT_FOUND: reject('The external parameter does not exist.'),
  EXTERNAL_PARAM_EXISTS: reject('The account has an external parameter of this name already.'),

  // Resources, in the order in which a swap checks them
  SWAP_RESOURCE_REQUIRED: reject('swapResource must be provided.'),
  SWAP_RESOURCE_NOT_FOUND: reject('swapResource does not exist on the subscriber.'),
  RESOURCE_REQUIRED: reject('resource must be provided.'),
  RESOURCE_FORMAT_INVALID: reject('resource does not have the format of its type.'),
  RESOURCE_UNCHANGED: reject('resource is the same as swapResource.'),
  RESOURCE_EXISTS: reject('The subscriber has this resource already.'),
  RESOURCE_IN_USE: reject('The resource is assigned to another subscriber.'),
  RESOURCE_NOT_FOUND: reject('The resource does not exist on the subscriber.'),
  RESOURCE_TYPE_REQUIRED: reject('resourceType must be provided.'),
  RESOURCE_TYPE_NOT_CONFIGURED: reject('The resource type is not configured in the system.'),

  // Operations and locks; the words of LOCKED are seed 000's
  OPERATION_TIMED_OUT: reject('The operation did not end before its deadline.'),
  OPERATION_CANCELLED: reject('The operation was cancelled.'),
  LOCKED: reject(
    'The system is currently processing another action, please wait until the previous action is completed and then try again.',
  ),
  LOCK_NOT_FOUND: reject('The lock does not exist.'),

  MONITOR_NOT_FOUND: reject('The monitor does not exist.'),

  // Platforms and products
  PLATFORM_CHANGE_NOT_OFFERED: reject('The platform of the SIM does not offer this change.'),
  PLATFORM_FAILED: reject('The platform did not carry out the change.'),
  PLATFORM_STATE_CONFLICT: reject('What the platform has of the SIM is not possible here.'),
  PLATFORM_NOT_FOUND: reject('The platform does not exist.'),
  PRODUCT_NOT_FOUND: reject('The product does not exist.'),
  JSON_PATCH_INVALID: reject('The JSON Patch cannot be applied.'),
  CALLBACK_UNAUTHENTICATED: reject('The signature of the callback is missing or wrong.'),
  CALLBACK_URL_REFUSED: reject('The callback URL is not allowed.'),
  SUBSCRIPTION_NOT_FOUND: reject('The subscription does not exist.'),

  // Bulk jobs
  BULK_EMPTY: reject('A bulk job needs at least one item.'),
  BULK_TOO_LARGE: reject('The bulk job has more items than allowed.'),
  BULK_ITEM_INVALID: reject('The item does not match the schema of its action.'),
  BULK_ITEMS_FAILED: reject('Some items of the bulk job have failed.'),
  BULK_JOB_NOT_FOUND: reject('The bulk job does not exist.'),
  BULK_JOB_ENDED: reject('The bulk job has ended already.'),
  BULK_JOB_NOT_ENDED: reject('The bulk job has not ended yet.'),
  BULK_NO_FAILED_ITEMS: reject('The bulk job has no failed items.'),

  // Messages that cannot be handled
  MESSAGE_EMPTY: deadLetter('The message has no value.'),
  MESSAGE_TOO_LARGE: deadLetter('The message is larger than 512 KiB.'),
  MESSAGE_NOT_UTF8: deadLetter('The message is not valid UTF-8.'),
  MESSAGE_NOT_JSON: deadLetter('The message is not valid JSON.'),
  MESSAGE_TOO_DEEP: deadLetter('The message is nested too deeply.'),
  MESSAGE_ENVELOPE_INVALID: deadLetter('The CloudEvents attributes are missing or wrong.'),
  MESSAGE_DATA_INVALID: deadLetter('The command data does not match its schema.'),
  COMMAND_TYPE_UNKNOWN: deadLetter('No handler is registered for this command type.'),
  COMMAND_ID_REUSED: deadLetter('The command id was used before with another body.'),
  TENANT_UNKNOWN: deadLetter('The tenant or its actor does not exist.'),
  OPERATION_UNKNOWN: deadLetter('The operation of the command does not exist.'),

  // Faults
  CONCURRENT_CHANGE: { disposition: 'rerun', message: 'Another transaction changed the same rows.' },
  DATABASE_UNAVAILABLE: { disposition: 'wait', message: 'PostgreSQL cannot be reached.' },
  BROKER_UNAVAILABLE: { disposition: 'wait', message: 'Kafka cannot be reached.' },
  DRAINING: { disposition: 'wait', message: 'The service is shutting down.' },
  CONFIGURATION_INVALID: deadLetter('The configuration is wrong.'),
  INTERNAL_ERROR: { disposition: 'retry', message: 'The request failed due to an internal error.' },
} as const satisfies Record<string, CodeDefinition>;

export type ErrorCode = keyof typeof errorCodes;

export function isErrorCode(value: string): value is ErrorCode {
  return Object.hasOwn(errorCodes, value);
}

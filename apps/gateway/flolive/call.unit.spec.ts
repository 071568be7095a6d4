import { describe, expect, it } from '@jest/globals';
import { errorCodes } from '#libs/errors';
import type { OperationStatus } from '#libs/operations';
import { callOf } from './call.js';
import { noError } from './flolive-errors.js';

const failed = (action: string, code: string, status: OperationStatus = 'FAILED') =>
  callOf({ action, status, error: { code, message: 'for the log' } });

describe('a call', () => {
  it('is OPEN until its operation has ended, and SUCCESS when that has completed', () => {
    const statusOf = (status: OperationStatus) => callOf({ action: 'AttachOffer', status, error: null });
    expect(statusOf('ACCEPTED')).toEqual({ status: 'OPEN', error: noError });
    expect(statusOf('IN_PROGRESS')).toEqual({ status: 'OPEN', error: noError });
    expect(statusOf('COMPLETED')).toEqual({ status: 'SUCCESS', error: noError });
  });

  it.each([
    ['ResetActivationTime', 'SIM_NOT_FOUND', 'SUBSCRIBER_1063', 'Failed to reset SIM first activation time'],
    ['ChangeSimStatus', 'SIM_STATUS_UNCHANGED', 'SUBSCRIBER_1008', 'Failed to update subscriber status'],
    ['ChangeSimStatus', 'SUBSCRIBER_STATE_TRANSITION', 'SUBSCRIBER_1008', 'Failed to update subscriber status'],
    ['ResetActivationTime', 'SUBSCRIBER_NOT_FOUND', 'SUBSCRIBER_1002', 'Subscriber does not exist'],
    ['AttachOffer', 'LOCKED', 'GLOBAL_1009', errorCodes.LOCKED.message],
    ['AttachOffer', 'OFFER_NOT_FOUND', 'SUBSCRIBER_9001', errorCodes.OFFER_NOT_FOUND.message],
    ['DetachOffer', 'SUBSCRIBER_DEACTIVATED', 'SUBSCRIBER_9012', 'Failed to detach the offer'],
    ['SwapSubscriberResource', 'RESOURCE_IN_USE', 'GLOBAL_9000', 'The action failed.'],
  ])('of %s that was refused by %s is FAILURE with %s', (action, code, errorCode, errorMessage) => {
    expect(failed(action, code)).toEqual({ status: 'FAILURE', error: { errorCode, errorMessage } });
  });

  it('is FAILURE when it timed out or was cancelled, with or without a stored error', () => {
    const failure = { status: 'FAILURE', error: { errorCode: 'SUBSCRIBER_1063' } };
    expect(failed('ResetActivationTime', 'OPERATION_TIMED_OUT', 'TIMED_OUT')).toMatchObject(failure);
    expect(failed('ResetActivationTime', 'OPERATION_CANCELLED', 'CANCELLED')).toMatchObject(failure);
    expect(callOf({ action: 'ResetActivationTime', status: 'CANCELLED', error: null })).toMatchObject(failure);
  });

  it('of a bulk with a failed node is FAILURE', () => {
    const bulk = callOf({ action: 'SubmitBulkJob', status: 'COMPLETED_WITH_ERRORS', error: null });
    expect(bulk).toMatchObject({ status: 'FAILURE', error: { errorCode: 'GLOBAL_9001' } });
  });

  it.each(['INTERNAL_ERROR', 'MESSAGE_DATA_INVALID', 'COMMAND_TYPE_UNKNOWN', 'CODE_OF_ANOTHER_RELEASE'])(
    'that met a fault (%s) is INTERNAL_ERROR',
    (code) => {
      const error = { errorCode: 'GLOBAL_1001', errorMessage: 'Service unavailable. Please try again' };
      expect(failed('ResetActivationTime', code)).toEqual({ status: 'INTERNAL_ERROR', error });
    },
  );
});

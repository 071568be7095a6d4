import { describe, expect, it } from '@jest/globals';
import { errorCodes, type ErrorCode } from '#libs/errors';
import { httpStatuses, httpStatusOf } from './http-status.js';

const codes = Object.keys(errorCodes) as ErrorCode[];

describe('the HTTP status of an error code', () => {
  it('is a 4xx for every refusal; but for what is not configured, a deadline and a platform', () => {
    const refusals = codes.filter((code) => errorCodes[code].disposition === 'reject');
    const isFault = (status: number): boolean => status >= 500;
    const notTheCallers = refusals.filter((code) => isFault(httpStatuses[code]));
    expect(notTheCallers).toEqual(['BUSINESS_UNIT_NOT_CONFIGURED', 'OPERATION_TIMED_OUT', 'PLATFORM_FAILED']);
  });

  it('is 503 for what goes away by waiting, and 500 for a code of another release', () => {
    const waits = codes.filter((code) => errorCodes[code].disposition === 'wait');
    expect(waits.map(httpStatusOf)).toEqual(waits.map(() => 503));
    expect(httpStatusOf('NOT_OF_THIS_RELEASE')).toBe(500);
  });
});

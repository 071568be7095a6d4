import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SimyardError, type ErrorCode } from '#libs/errors';
import { projectDir } from '#tools/infra/project-dir';
import { everyError } from './flolive-errors.js';
import { renderFloliveError } from './render-flolive-error.js';

const documented = readFileSync(join(projectDir, 'docs/flolive.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| [A-Z]+_\d/.test(line))
  .map((line) => {
    const [, errorCode = '', errorMessage = ''] = line.split(/\s*\|\s*/);
    return `${errorCode} ${errorMessage}`;
  });

const lockSentence =
  'The system is currently processing another action, please wait until the previous action is completed and then try again.';

describe("floLIVE's errors", () => {
  it('are those of docs/flolive.md', () => {
    const ours = new Set(everyError.map(({ errorCode, errorMessage }) => `${errorCode} ${errorMessage}`));
    expect(documented.toSorted()).toEqual([...ours].sort());
    const codes = documented.map((line) => line.split(' ', 1)[0]);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it.each<[ErrorCode, number, string, string]>([
    ['SUBSCRIBER_NOT_FOUND', 404, 'SUBSCRIBER_1002', 'Subscriber does not exist'],
    ['REQUEST_INVALID', 400, 'SUBSCRIBER_1000', 'Validation failed'],
    ['DATABASE_UNAVAILABLE', 503, 'GLOBAL_1001', 'Service unavailable. Please try again'],
    ['DRAINING', 503, 'GLOBAL_1001', 'Service unavailable. Please try again'],
    ['INTERNAL_ERROR', 500, 'GLOBAL_1001', 'Service unavailable. Please try again'],
    ['LOCKED', 409, 'GLOBAL_1009', lockSentence],
    ['UNAUTHENTICATED', 401, 'GLOBAL_9401', 'Client credentials or a valid token are required.'],
  ])('answer %s with %d and %s', (code, status, errorCode, errorMessage) => {
    const answer = renderFloliveError(new SimyardError(code, { message: 'for the log' }));
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toBe(JSON.stringify({ errorCode, errorMessage, requestId: '', content: {} }));
  });

  it('name the call that holds a lock', () => {
    const { headers } = renderFloliveError(new SimyardError('LOCKED', { details: { operationId: 'o-1' } }));
    expect(headers).toEqual({ 'retry-after': '2', link: '</api/v2/global/call/o-1>; rel="related"' });
  });
});

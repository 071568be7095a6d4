import { applyDecorators, HttpStatus } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { Describe } from '../openapi/describe.js';
import { CallbacksQuery } from './callbacks-query.js';

const deliveryId = '0199f1de-7a3b-7c11-9d52-6a8f0c1e2b3d';

const example = {
  deliveryId,
  tenant: 'ACME',
  accountId: 'ACME-TT',
  clientId: '5b2c0f4e-6f0a-4d0e-9f0c-0d8f6f0f1a2b',
  operationId: '0199f1de-7a00-7c11-9d52-6a8f0c1e2b3d',
  url: 'https://crm.example/simyard',
  state: 'GIVEN_UP',
  attempts: 1,
  lastStatus: 503,
  lastError: 'HTTP 503',
  createdAt: '2026-01-31T12:00:00.000Z',
  endedAt: '2026-01-31T15:30:00.000Z',
  log: [{ number: 1, attemptedAt: '2026-01-31T12:00:01.000Z', status: 503, durationMs: 14, error: 'HTTP 503' }],
};

export const DescribeCallbacks = (): MethodDecorator =>
  Describe({
    operationId: 'listCallbacks',
    summary: 'List callbacks to callers',
    description: 'Those for clients of the account tree, newest first, with their attempts.',
    query: {
      dataClass: CallbacksQuery,
      parameters: {
        state: { description: 'Only callbacks in this state', example: 'GIVEN_UP' },
        operationId: { description: 'Only those that tell of this operation' },
        cursor: { description: '`nextCursor` of the page before' },
        limit: { description: 'Rows of a page, 1 to 200, 50 by default' },
      },
    },
    ok: {
      description: 'A page of callbacks',
      schema: 'CallbackPage',
      example: { callbacks: [example], nextCursor: deliveryId },
    },
    errors: ['REQUEST_INVALID'],
  });

export const DescribeRetry = (): MethodDecorator =>
  applyDecorators(
    ApiParam({ name: 'deliveryId', description: 'Of the callback, as the list shows it', format: 'uuid' }),
    Describe({
      operationId: 'retryCallback',
      summary: 'Try a callback again',
      description: 'One that was given up: it has as many attempts as a new one. Needs the scope `admin`.',
      ok: { status: HttpStatus.NO_CONTENT, description: 'It is due now' },
      errors: ['REQUEST_INVALID', 'UNSUPPORTED_MEDIA_TYPE', 'FORBIDDEN', 'NOT_FOUND'],
    }),
  );

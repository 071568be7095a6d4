import { applyDecorators, HttpStatus } from '@nestjs/common';
import { ApiHeader, ApiParam, ApiResponse } from '@nestjs/swagger';
import { errorCodes, type ErrorCode } from '#libs/errors';
import { tmf630Error } from '../http/tmf630-error.js';
import { Describe, schemaRef, type ErrorShape, type RouteDescription } from '../openapi/describe.js';
import { openMonitorExample } from './examples.js';

const details: Partial<Record<ErrorCode, Record<string, unknown>>> = {
  JSON_PATCH_INVALID: { index: 0 },
  REQUEST_INVALID: { problems: [{ field: 'serviceDate', problem: 'cannot be changed' }] },
  PLATFORM_FAILED: { platform: 'JASPER', statusCode: 503, message: 'The platform is not available.' },
};

const messages: Partial<Record<ErrorCode, string>> = {
  JSON_PATCH_INVALID: 'Operation 0: the service itself cannot be changed.',
  REQUEST_INVALID: 'serviceDate cannot be changed.',
};

const tmf640Shape: ErrorShape = {
  schema: 'CmoError',
  example: (code) => {
    const message = messages[code] ?? errorCodes[code].message;
    const known = details[code];
    return tmf630Error({ code, message, ...(known && { details: known }) }, '0199f1de-7a3b-4c11-9d52-6a8f0c1e2b3d');
  },
};

/** Describes a route of this facade to OpenAPI; its errors have TMF630's shape. */
export const DescribeTmf640 = (route: RouteDescription): MethodDecorator =>
  Describe({ errorShape: tmf640Shape, ...route });

/** What any write of this facade may be refused with. */
const errorsOfEveryWrite: ErrorCode[] = [
  'REQUEST_INVALID',
  'REQUEST_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'REQUEST_ID_REUSED',
  'TENANT_UNKNOWN',
  'LOCKED',
  'MONITOR_NOT_FOUND',
  'OPERATION_CANCELLED',
  'OPERATION_TIMED_OUT',
];

const text = { type: 'string' } as const;

const describeMonitor = ApiResponse({
  status: HttpStatus.ACCEPTED,
  description: 'Committed, but not ended within the time to answer: see its monitor',
  headers: { Location: { description: 'The monitor', schema: text } },
  content: { 'application/json': { schema: schemaRef('Tmf640Monitor'), example: openMonitorExample } },
});

/** The same for a write of a service, which may be repeated by its Idempotency-Key and end after it was answered. */
export const DescribeServiceWrite = ({ errors, ...route }: RouteDescription): MethodDecorator =>
  applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      description: 'A repeat with the same key and the same request is answered by the operation of the first',
      schema: { type: 'string', maxLength: 255 },
    }),
    DescribeTmf640({ ...route, more: [describeMonitor], errors: [...errorsOfEveryWrite, ...errors] }),
  );

export const describeId = (description: string, example: string): MethodDecorator & ClassDecorator =>
  ApiParam({ name: 'id', description, example });

/** Headers of a page beside the list. */
export const pageHeaders: NonNullable<RouteDescription['ok']['headers']> = {
  'X-Total-Count': { description: 'Of all pages', schema: text },
  'X-Result-Count': { description: 'Of this page', schema: text },
  Link: { description: 'The next page, as `next`, where there is one', schema: text },
};

export const pageParameters = {
  offset: { description: 'How many to leave out, 0 by default' },
  limit: { description: 'How many at most, 1 to 100, 20 by default' },
};

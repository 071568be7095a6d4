import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { errorCodes, type ErrorCode } from '#libs/errors';
import { Describe, type ErrorShape, type RouteDescription } from '../openapi/describe.js';
import { tmf630Error } from '../http/tmf630-error.js';

const details: Partial<Record<ErrorCode, Record<string, unknown>>> = {
  JSON_PATCH_INVALID: { index: 0 },
  REQUEST_INVALID: { problems: [{ field: 'pageSize', problem: 'pageSize must be a whole number from 1 to 100' }] },
  PLATFORM_FAILED: { platform: 'JASPER', statusCode: 503, message: 'The platform is not available.' },
};

const messages: Partial<Record<ErrorCode, string>> = { JSON_PATCH_INVALID: 'Operation 0: /id cannot be changed.' };

const cmoShape: ErrorShape = {
  schema: 'CmoError',
  example: (code) => {
    const message = messages[code] ?? errorCodes[code].message;
    const known = details[code];
    return tmf630Error({ code, message, ...(known && { details: known }) }, '0199f1de-7a3b-4c11-9d52-6a8f0c1e2b3d');
  },
};

/** What any route of this facade may answer: a tenant that is not the client's does not exist. */
const errorsOfEveryRoute: ErrorCode[] = ['NOT_FOUND'];

/** Describes a route of this facade to OpenAPI; its errors have TMF630's shape. */
export const DescribeCmo = ({ errors, ...route }: RouteDescription): MethodDecorator =>
  Describe({ errorShape: cmoShape, ...route, errors: [...errorsOfEveryRoute, ...errors] });

/** What any write of this facade may be refused with. */
const errorsOfEveryWrite: ErrorCode[] = [
  'REQUEST_INVALID',
  'REQUEST_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'REQUEST_ID_REUSED',
  'TENANT_UNKNOWN',
  'LOCKED',
];

/** The same for a write, which may be repeated by its Idempotency-Key and refused by a lock. */
export const DescribeCmoWrite = ({ errors, ...route }: RouteDescription): MethodDecorator =>
  applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      description: 'A repeat with the same key and the same request gets the answer of the first',
      schema: { type: 'string', maxLength: 255 },
    }),
    DescribeCmo({ ...route, errors: [...errorsOfEveryWrite, ...errors] }),
  );

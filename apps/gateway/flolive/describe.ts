import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { ErrorCode } from '#libs/errors';
import { Describe, type ErrorShape, type RouteDescription } from '../openapi/describe.js';
import { refusalBody } from './bodies.js';
import { refusalOf } from './flolive-errors.js';

const floliveShape: ErrorShape = {
  schema: 'FloliveRefusal',
  example: (code) => refusalBody(refusalOf(code)),
};

/** Describes a route of this facade to OpenAPI; its errors have floLIVE's shape. */
export const DescribeFlolive = (route: RouteDescription): MethodDecorator =>
  Describe({ errorShape: floliveShape, ...route });

/** What any write of this facade may be refused with. */
const errorsOfEveryWrite: ErrorCode[] = [
  'REQUEST_INVALID',
  'REQUEST_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'REQUEST_ID_REUSED',
  'LOCKED',
];

/** The same for a write, which may be repeated by its Idempotency-Key and refused by a lock. */
export const DescribeFloliveWrite = ({ errors, ...route }: RouteDescription): MethodDecorator =>
  applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      description: 'A repeat with the same key and the same request gets the answer of the first',
      schema: { type: 'string', maxLength: 255 },
    }),
    DescribeFlolive({ ...route, errors: [...errorsOfEveryWrite, ...errors] }),
  );

import { applyDecorators, HttpStatus } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiParam, ApiResponse } from '@nestjs/swagger';
import { simStatuses } from '#libs/contracts';
import { changeKinds, requestStates } from '#libs/platforms';
import { describeErrors, schemaRef } from '../openapi/describe.js';

const text = { type: 'string' } as const;

/** As docs/platform-contract.md has it. */
export const platformCallbackSchemas: Record<string, object> = {
  PlatformCallback: {
    type: 'object',
    properties: {
      requestId: text,
      reference: { type: ['string', 'null'], description: "Simyard's name of the change, as it was sent" },
      iccid: text,
      change: { type: 'string', enum: [...changeKinds] },
      state: { type: 'string', enum: [...requestStates] },
      sequence: { type: 'integer', minimum: 0 },
      sim: {
        type: ['object', 'null'],
        properties: { iccid: text, status: { type: 'string', enum: [...simStatuses] } },
        additionalProperties: true,
      },
      error: { type: ['object', 'null'], properties: { code: text, message: text }, additionalProperties: true },
    },
    required: ['requestId', 'reference', 'iccid', 'change', 'state', 'sequence', 'sim', 'error'],
  },
};

const example = {
  requestId: '0b9c1a52-8f0d-4d6e-9a4e-3f5b7c1d2e90',
  reference: '0199f1de-7a3b-7c11-9d52-6a8f0c1e2b3d',
  iccid: '89000000000000000001',
  change: 'status',
  state: 'FAILED',
  sequence: 2,
  sim: null,
  error: { code: 'CHANGE_REFUSED', message: 'The platform refuses the change.' },
};

/** Describes the route of platforms' callbacks to OpenAPI. */
export const DescribeCallback = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      operationId: 'receivePlatformCallback',
      summary: 'Tell the end of an accepted change, as a platform',
      description:
        'Needs no credentials of a client: it is signed with the secret of the platform. May come twice, late, in any order.',
      security: [],
    }),
    ApiParam({ name: 'platform', description: 'Name of a configured platform', schema: text }),
    ApiHeader({
      name: 'X-Platform-Timestamp',
      description: 'Unix time in seconds, at most five minutes off',
      schema: text,
    }),
    ApiHeader({
      name: 'X-Platform-Signature',
      description: '`sha256=` and the hex of HMAC-SHA-256 over timestamp, a full stop, and the body',
      schema: text,
    }),
    ApiBody({ required: true, schema: schemaRef('PlatformCallback'), examples: { example: { value: example } } }),
    ApiResponse({ status: HttpStatus.NO_CONTENT, description: 'Taken, also when it tells nothing new' }),
    ...describeErrors([
      'REQUEST_INVALID',
      'CALLBACK_UNAUTHENTICATED',
      'PLATFORM_NOT_FOUND',
      'REQUEST_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'INTERNAL_ERROR',
      'DATABASE_UNAVAILABLE',
      'DRAINING',
    ]),
  );

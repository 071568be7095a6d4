import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiParam } from '@nestjs/swagger';
import { SimyardError, type ErrorCode } from '#libs/errors';
import { Describe } from '../openapi/describe.js';
import { mandatoryParameters } from './read-orders.js';
import { renderHybrisError } from './render-hybris-error.js';

/** Seed 004's example, with ICCIDs that have the digits of one. */
const orderExample = [
  {
    op: 'add',
    path: 'characteristics',
    value: [
      { name: 'ICCIDs', valueType: 'array', value: ['8901260852290847433', '8901260852290847441'] },
      { name: 'OrderType', valueType: 'String', value: 'Activate' },
    ],
  },
];

const errors: ErrorCode[] = [
  'REQUEST_INVALID',
  'REQUEST_ID_REUSED',
  'FORBIDDEN',
  'SIM_NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'NOT_ACCEPTABLE',
  'REQUEST_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'TOO_MANY_REQUESTS',
  'BUSINESS_UNIT_NOT_CONFIGURED',
  'BROKER_UNAVAILABLE',
];

const details: Partial<Record<ErrorCode, Record<string, unknown>>> = {
  BUSINESS_UNIT_NOT_CONFIGURED: { businessId: 'DE' },
};

function exampleOf(code: ErrorCode): unknown {
  const message = code === 'REQUEST_INVALID' ? { message: mandatoryParameters } : {};
  return renderHybrisError(new SimyardError(code, { ...message, details: details[code] ?? {} }), '', 'GET').body;
}

export const DescribeOrders = (): MethodDecorator =>
  applyDecorators(
    ApiParam({ name: 'businessId', description: 'The business unit: two letters of ISO 3166', example: 'TT' }),
    ApiHeader({
      name: 'X-Correlation-ID',
      required: true,
      description: 'A repeat with the same id and the same body is answered as the first, and starts nothing',
      schema: { type: 'string', maxLength: 255 },
    }),
    Describe({
      operationId: 'hybrisOrderServices',
      summary: 'Activate, disconnect, suspend or resume SIM cards in bulk',
      description:
        'All ICCIDs become items of one bulk job, whose monitor is in Link; each is carried out, and may fail, on its own. When any of them is no SIM of the business unit nothing is done. Needs the headers client_id and client_secret.',
      body: { schema: 'HybrisOrders', example: orderExample },
      ok: { description: 'The orders are committed', schema: 'HybrisAccepted', example: { status: 200 } },
      errors,
      errorShape: { schema: 'HybrisErrors', example: exampleOf },
    }),
  );

const text = { type: 'string' } as const;

export const hybrisSchemas = {
  HybrisOrders: {
    type: 'array',
    minItems: 1,
    items: {
      type: 'object',
      properties: {
        op: { type: 'string', enum: ['add', 'replace'], description: 'add for Activate, replace for the others' },
        path: { type: 'string', enum: ['characteristics', '/characteristics'] },
        value: {
          type: 'array',
          minItems: 2,
          maxItems: 2,
          items: {
            type: 'object',
            properties: {
              name: { type: 'string', enum: ['ICCIDs', 'OrderType'] },
              valueType: text,
              value: {
                description: 'ICCIDs: a list of them; OrderType: Activate, Disconnect, Suspend or Resume',
                oneOf: [
                  { type: 'array', minItems: 1, items: { type: 'string', minLength: 1, maxLength: 32 } },
                  { type: 'string', enum: ['Activate', 'Disconnect', 'Suspend', 'Resume'] },
                ],
              },
            },
            required: ['name', 'value'],
            additionalProperties: false,
          },
        },
      },
      required: ['op', 'path', 'value'],
      additionalProperties: false,
    },
  },
  HybrisAccepted: { type: 'object', properties: { status: { type: 'integer', const: 200 } }, required: ['status'] },
  HybrisErrors: {
    type: 'object',
    properties: {
      errors: {
        type: 'array',
        items: {
          type: 'object',
          properties: { code: { type: 'integer' }, message: text, description: text },
          required: ['code', 'message', 'description'],
        },
      },
    },
    required: ['errors'],
  },
} as const;

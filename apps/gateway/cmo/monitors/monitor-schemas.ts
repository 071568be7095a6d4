import { monitorStates } from '#libs/monitors';
import { schemaRef } from '../../openapi/describe.js';

const text = { type: 'string' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const listOf = (items: object) => ({ type: 'array', items }) as const;
const state = { ...text, enum: monitorStates };
const headers = listOf({ type: 'object', properties: { name: text, value: text }, required: ['name', 'value'] });
const anything = { description: 'any JSON' };

const response = {
  type: 'object',
  properties: {
    platform: text,
    productId: text,
    statusCode: { type: 'integer', description: "the platform's; 200 before it has answered" },
    message: { ...text, description: 'absent where the change is done and there is nothing to say' },
    state,
    body: { ...anything, description: "the platform's answer; {} where there is none" },
    headers,
  },
  required: ['platform', 'productId', 'statusCode', 'state', 'body', 'headers'],
  additionalProperties: false,
};

const error = {
  type: 'object',
  properties: {
    code: { ...text, description: 'of docs/errors.md' },
    message: text,
    details: { type: 'object' },
    productId: { ...text, description: 'of a batch: the product that failed' },
  },
  required: ['code', 'message'],
};

/** Schemas of monitors and batches. */
export const monitorSchemas: Record<string, object> = {
  CmoMonitor: {
    type: 'object',
    properties: {
      ...{ id: text, href: { ...text, format: 'uri' }, sourceHref: { ...text, format: 'uri' }, state },
      request: {
        type: 'object',
        properties: { method: text, body: anything, headers },
        required: ['method', 'body', 'headers'],
      },
      response: { ...listOf(response), description: 'one for each product; none of a batch in lists' },
      '@type': { const: 'monitor' },
      errors: listOf(error),
      correlationId: { ...text, description: 'not of a batch' },
    },
    required: ['id', 'href', '@type'],
    additionalProperties: false,
  },
  CmoMonitors: {
    type: 'object',
    properties: {
      entities: listOf(schemaRef('CmoMonitor')),
      statistics: {
        type: 'object',
        properties: { currentPage: count, pageSize: count, totalPages: count, totalElements: count },
        required: ['currentPage', 'pageSize', 'totalPages', 'totalElements'],
      },
    },
    required: ['entities', 'statistics'],
  },
  CmoBatch: {
    type: 'object',
    properties: {
      productIdList: { ...listOf(text), minItems: 1, description: 'each SIM once' },
      request: {
        type: 'object',
        properties: { method: { const: 'PATCH' }, body: { ...listOf({ type: 'object' }), minItems: 1 }, headers },
        required: ['method', 'body'],
        additionalProperties: false,
      },
    },
    required: ['productIdList', 'request'],
    additionalProperties: false,
  },
};

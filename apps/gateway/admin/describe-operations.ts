import { Describe } from '../openapi/describe.js';
import { OperationsQuery } from './operations-query.js';

const operationId = '0199f1de-7a3b-7c11-9d52-6a8f0c1e2b3d';

const summaryExample = {
  operationId,
  status: 'FAILED',
  action: 'SwapSubscriberResource',
  facade: 'ocs',
  tenant: 'ACME',
  accountId: 'ACME-TT',
  actor: 'acme-crm',
  commandId: operationId,
  commandSource: '/simyard/gateway',
  requestId: 'crm-2026-000117',
  correlationId: '5b2c0f4e-6f0a-4d0e-9f0c-0d8f6f0f1a2b',
  error: { code: 'RESOURCE_IN_USE', message: 'The resource is assigned to another subscriber.' },
  createdAt: '2026-01-31T12:00:00.000Z',
  updatedAt: '2026-01-31T12:00:00.014Z',
};

export const DescribeOperations = (): MethodDecorator =>
  Describe({
    operationId: 'listOperations',
    summary: 'List operations',
    description: 'Of the client’s account tree, newest first.',
    query: {
      dataClass: OperationsQuery,
      parameters: {
        status: { description: 'Only operations in this state', example: 'FAILED' },
        action: { description: 'Name of the command', example: 'SwapSubscriberResource' },
        facade: { description: 'Where the command came from', example: 'ocs' },
        requestId: { description: 'The caller’s requestId' },
        correlationId: { description: 'X-Correlation-ID or ce_correlationid' },
        from: { description: 'Accepted at or after; seven days before `to` when absent' },
        to: { description: 'Accepted before; now when absent' },
        cursor: { description: '`nextCursor` of the page before' },
        limit: { description: 'Rows of a page, 1 to 200, 50 by default' },
      },
    },
    ok: {
      description: 'A page of operations, without request and response',
      schema: 'OperationPage',
      example: { operations: [summaryExample], nextCursor: operationId },
    },
    errors: ['REQUEST_INVALID'],
  });

export const DescribeOperation = (): MethodDecorator =>
  Describe({
    operationId: 'readOperation',
    summary: 'Read an operation',
    description: 'What a command asked for, how far it came, and its answer.',
    ok: {
      description: 'The operation',
      schema: 'Operation',
      example: { ...summaryExample, request: { requestId: 'crm-2026-000117', resourceType: 'MSISDN' } },
    },
    errors: ['NOT_FOUND'],
  });

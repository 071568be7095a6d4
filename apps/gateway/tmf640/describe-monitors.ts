import { applyDecorators } from '@nestjs/common';
import { describeId, DescribeTmf640, pageHeaders, pageParameters } from './describe.js';
import { monitorExample, operationId } from './examples.js';
import { MonitorsQuery } from './monitors-query.js';

export const DescribeServiceMonitors = (): MethodDecorator =>
  DescribeTmf640({
    operationId: 'listServiceMonitors',
    summary: 'List monitors of services',
    description:
      'What the account tree has asked this facade for, and the orders of Hybris, newest first. How many there are is in X-Total-Count, the next page in Link.',
    query: {
      dataClass: MonitorsQuery,
      parameters: { ...pageParameters, state: { description: 'Only monitors of this state' } },
    },
    ok: {
      description: 'Some of the monitors',
      schema: 'Tmf640Monitors',
      example: [monitorExample],
      headers: pageHeaders,
    },
    errors: ['REQUEST_INVALID'],
  });

export const DescribeServiceMonitor = (): MethodDecorator =>
  applyDecorators(
    describeId('From the answer to a write, or the id of any operation of the account tree', operationId),
    DescribeTmf640({
      operationId: 'readServiceMonitor',
      summary: 'Read how far an operation is',
      ok: { description: 'The monitor', schema: 'Tmf640Monitor', example: monitorExample },
      errors: ['MONITOR_NOT_FOUND'],
    }),
  );

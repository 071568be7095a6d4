import { applyDecorators } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { FieldsQuery } from '../../http/fields.js';
import { DescribeCmo } from '../describe.js';
import { monitorExample, monitorsExample } from './examples.js';
import { MonitorsQuery } from './monitors-query.js';

const fields = {
  fields: { description: 'Attributes of the first level, by comma; id, href and @type are always there' },
};

export const DescribeMonitors = (): MethodDecorator =>
  DescribeCmo({
    operationId: 'listMonitors',
    summary: 'List monitors',
    description:
      'What the account tree has asked this facade for, newest first. The products of a batch are in its own monitor.',
    query: {
      dataClass: MonitorsQuery,
      parameters: {
        ...fields,
        state: { description: 'Only monitors of this state' },
        pageNumber: { description: 'From 1' },
        pageSize: { description: 'Monitors of a page, 1 to 100, 10 by default' },
      },
    },
    ok: { description: 'A page of monitors', schema: 'CmoMonitors', example: monitorsExample },
    errors: ['REQUEST_INVALID'],
  });

export const DescribeMonitor = (): MethodDecorator =>
  applyDecorators(
    ApiParam({
      name: 'monitorId',
      description: 'From the answer to a change; or the id of any operation that changes a SIM',
      example: monitorExample.id,
    }),
    DescribeCmo({
      operationId: 'readMonitor',
      summary: 'Read how far a change is',
      query: { dataClass: FieldsQuery, parameters: fields },
      ok: { description: 'The monitor', schema: 'CmoMonitor', example: monitorExample },
      errors: ['REQUEST_INVALID', 'MONITOR_NOT_FOUND'],
    }),
  );

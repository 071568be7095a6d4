import { applyDecorators, HttpStatus } from '@nestjs/common';
import { DescribeCmoWrite } from '../describe.js';
import { DescribeCallbackUrl } from '../../hub/callbacks.js';
import { batchBodyExample, batchMonitorExample } from '../monitors/examples.js';

export const DescribeBatch = (): MethodDecorator => applyDecorators(DescribeCallbackUrl, describeRoute);

const describeRoute = DescribeCmoWrite({
  operationId: 'patchProducts',
  summary: 'Change many products',
  description:
    'One patch for products of any platforms; one changes their status, their custom properties or their account. Each is changed, and may fail, on its own: its monitor, which Link names, tells how far each is, and is DONE once all are.',
  body: { schema: 'CmoBatch', example: batchBodyExample },
  ok: {
    ...{ status: HttpStatus.ACCEPTED, description: 'The batch is committed', schema: 'CmoMonitor' },
    example: batchMonitorExample,
  },
  errors: ['BULK_EMPTY', 'BULK_TOO_LARGE', 'JSON_PATCH_INVALID', 'CALLBACK_URL_REFUSED'],
});

import { applyDecorators, HttpStatus } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { monitorLink } from '#libs/monitors';
import { schemaRef } from '../../openapi/describe.js';
import { DescribeCmoWrite } from '../describe.js';
import { DescribeCallbackUrl } from '../../hub/callbacks.js';
import { monitorExample } from '../monitors/examples.js';
import { describeProductId } from './describe-products.js';
import { exampleTenant, exampleUrl, productExample } from './examples.js';

const patchExample = [{ op: 'replace', path: '/status', value: 'ACTIVE' }];
const queryExample = [{ op: 'replace', path: "$.customProperty[?@.name=='MyFavoriteColour'].value", value: 'Blue' }];

const describeMonitored = ApiResponse({
  status: HttpStatus.ACCEPTED,
  description: 'The platform carries it out, or its answer is long in coming: the monitor tells how far it is',
  headers: {
    Link: {
      description: 'The monitor as `related`, the product as `self` and `canonical`',
      schema: { type: 'string' },
      example: monitorLink(exampleUrl, exampleTenant, monitorExample.id, productExample.id),
    },
  },
  content: { 'application/json': { schema: schemaRef('CmoMonitor'), example: monitorExample } },
});

export const DescribePatch = (): MethodDecorator =>
  applyDecorators(
    describeProductId,
    DescribeCallbackUrl,
    DescribeCmoWrite({
      operationId: 'patchProduct',
      summary: "Change a product's status, custom properties or account",
      description:
        'One of the three in one call. A status is answered as its platform answers: with the product, or with a monitor; custom properties with the product; a transfer, which replaces the id of relatedParty, with a monitor. By JSONPath custom properties alone can be changed.',
      uploads: {
        'application/json-patch+json': { schema: 'CmoPatch', example: patchExample },
        'application/json-patch-query+json': { schema: 'CmoPatch', example: queryExample },
      },
      ok: { description: 'The product as it is now', schema: 'CmoProduct', example: productExample },
      more: [describeMonitored],
      errors: [
        ...([
          'PRODUCT_NOT_FOUND',
          'JSON_PATCH_INVALID',
          'SIM_STATUS_UNCHANGED',
          'SUBSCRIBER_STATE_TRANSITION',
        ] as const),
        ...(['ACCOUNT_NOT_FOUND', 'ACCOUNT_UNCHANGED', 'PLATFORM_CHANGE_NOT_OFFERED', 'PLATFORM_FAILED'] as const),
        ...([
          'SUBSCRIBER_NOT_FOUND',
          'SUBSCRIBER_DEACTIVATED',
          'CUSTOM_PROPERTIES_TOO_MANY',
          'CALLBACK_URL_REFUSED',
        ] as const),
        ...(['OPERATION_CANCELLED', 'OPERATION_TIMED_OUT'] as const),
      ],
    }),
  );

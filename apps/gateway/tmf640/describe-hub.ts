import { applyDecorators, HttpStatus } from '@nestjs/common';
import { describeId, DescribeTmf640 } from './describe.js';
import { hubExample } from './examples.js';

const id = '0199f1de-7a3b-7c11-9d52-6a8f0c1e2b3e';

export const DescribeServiceSubscribe = (): MethodDecorator =>
  DescribeTmf640({
    operationId: 'subscribeToServices',
    summary: 'Subscribe a URL to events of services',
    description:
      'It is told of the end of what the client starts in this facade, or orders by Hybris, and of the states of services that it has changed here, by a signed POST (docs/callbacks.md).',
    body: { schema: 'Tmf640HubRequest', example: hubExample },
    ok: {
      ...{
        status: HttpStatus.CREATED,
        description: 'Subscribed, at the URL in Location; the secret is shown this once',
      },
      schema: 'CmoNewSubscription',
      example: { id, ...hubExample, secret: 'mS3R1nQx8sCkJp0dYb2vU7wEo5tZa9hLf4gKi6jXcVQ' },
    },
    errors: ['REQUEST_INVALID', 'REQUEST_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'CALLBACK_URL_REFUSED'],
  });

export const DescribeServiceUnsubscribe = (): MethodDecorator =>
  applyDecorators(
    describeId('As POST has told', id),
    DescribeTmf640({
      operationId: 'unsubscribeFromServices',
      summary: 'Delete a subscription to events of services',
      ok: { status: HttpStatus.NO_CONTENT, description: 'Deleted' },
      errors: ['REQUEST_INVALID', 'UNSUPPORTED_MEDIA_TYPE', 'SUBSCRIPTION_NOT_FOUND'],
    }),
  );

import { applyDecorators, HttpStatus } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { DescribeCmo } from '../describe.js';

const request = { callback: 'https://crm.example/simyard', query: 'eventType=MonitorStateChangeEvent' };
const example = { id: '0199f1de-7a3b-7c11-9d52-6a8f0c1e2b3d', ...request };

const describeId = ApiParam({ name: 'subscriptionId', description: 'As POST has told', example: example.id });

export const DescribeSubscribe = (): MethodDecorator =>
  DescribeCmo({
    operationId: 'subscribe',
    summary: 'Subscribe a URL',
    description:
      'It is told of the end of each operation that the client starts in this facade, by a signed POST (docs/callbacks.md). A client can have 100.',
    body: { schema: 'CmoHubRequest', example: request },
    ok: {
      status: HttpStatus.CREATED,
      description: 'Subscribed, at the URL in Location; the secret is shown this once',
      schema: 'CmoNewSubscription',
      example: { ...example, secret: 'mS3R1nQx8sCkJp0dYb2vU7wEo5tZa9hLf4gKi6jXcVQ' },
    },
    errors: ['REQUEST_INVALID', 'REQUEST_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'CALLBACK_URL_REFUSED'],
  });

export const DescribeSubscriptions = (): MethodDecorator =>
  DescribeCmo({
    operationId: 'listSubscriptions',
    summary: 'List subscriptions',
    description: 'Those of the client, the oldest first.',
    ok: { description: 'All of them', schema: 'CmoSubscriptions', example: [example] },
    errors: [],
  });

export const DescribeSubscription = (): MethodDecorator =>
  applyDecorators(
    describeId,
    DescribeCmo({
      operationId: 'readSubscription',
      summary: 'Read a subscription',
      ok: { description: 'The subscription, without its secret', schema: 'CmoSubscription', example },
      errors: ['SUBSCRIPTION_NOT_FOUND'],
    }),
  );

export const DescribeUnsubscribe = (): MethodDecorator =>
  applyDecorators(
    describeId,
    DescribeCmo({
      operationId: 'unsubscribe',
      summary: 'Delete a subscription',
      description: 'Nothing more is sent to its URL, also of operations that are under way.',
      ok: { status: HttpStatus.NO_CONTENT, description: 'Deleted' },
      errors: ['REQUEST_INVALID', 'UNSUPPORTED_MEDIA_TYPE', 'SUBSCRIPTION_NOT_FOUND'],
    }),
  );

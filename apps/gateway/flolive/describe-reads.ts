import { applyDecorators } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { DescribeFlolive } from './describe.js';
import { paramsExample, subscriberExample } from './examples.js';
import { pathTypes } from './identifiers.js';
import { PageRequest } from './requests.js';

/** The parameters of a path that names a subscriber. */
export const describeSubscriberPath = [
  ApiParam({ name: 'type', description: 'By what the subscriber is named, in lower case', enum: pathTypes }),
  ApiParam({ name: 'value', description: 'The value of that identifier', example: '222013090963830' }),
];

export const describeCustomerPath = [ApiParam({ name: 'customerId', description: 'The account', example: 'ACME-TT' })];

export const DescribeSubscriber = (): MethodDecorator =>
  applyDecorators(
    ...describeSubscriberPath,
    DescribeFlolive({
      operationId: 'readSubscriber',
      summary: 'Read a subscriber',
      description: 'With its SIM, its resources and its offers.',
      ok: { description: 'The subscriber', schema: 'FloliveSubscriber', example: subscriberExample },
      errors: ['REQUEST_INVALID', 'SUBSCRIBER_NOT_FOUND'],
    }),
  );

export const DescribeParams = (): MethodDecorator =>
  applyDecorators(
    ...describeCustomerPath,
    DescribeFlolive({
      operationId: 'listExternalParams',
      summary: "List a customer's external parameters",
      description: 'By name.',
      query: {
        dataClass: PageRequest,
        parameters: {
          page: { description: 'From 0' },
          size: { description: 'Rows of a page, 1 to 200, 10 by default' },
        },
      },
      ok: { description: 'A page of parameters', schema: 'FloliveParams', example: paramsExample },
      errors: ['REQUEST_INVALID', 'ACCOUNT_NOT_FOUND'],
    }),
  );

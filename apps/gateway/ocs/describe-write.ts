import { HttpStatus } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { ErrorCode } from '#libs/errors';
import { Describe, schemaRef } from '../openapi/describe.js';
import type { OcsCommand } from './ocs-command.js';
import { businessTransactionExample, operationId, requestExamples } from './examples.js';

interface WriteDescription {
  summary: string;
  description: string;
  errors: ErrorCode[];
}

const subscriberErrors: ErrorCode[] = ['SUBSCRIBER_REQUIRED', 'SUBSCRIBER_NOT_FOUND', 'SUBSCRIBER_DEACTIVATED'];
const resourceErrors: ErrorCode[] = [
  'RESOURCE_REQUIRED',
  'RESOURCE_TYPE_REQUIRED',
  'RESOURCE_TYPE_NOT_CONFIGURED',
  'RESOURCE_FORMAT_INVALID',
];

const writes: Record<OcsCommand, WriteDescription> = {
  SwapSubscriberResource: {
    summary: "Swap a subscriber's resource",
    description:
      'The old value (swapResource) is no longer used and the new one (resource) becomes effective. A value that a Deactivated subscriber has is free.',
    errors: [
      ...subscriberErrors,
      ...resourceErrors,
      'SWAP_RESOURCE_REQUIRED',
      'SWAP_RESOURCE_NOT_FOUND',
      'RESOURCE_UNCHANGED',
      'RESOURCE_EXISTS',
      'RESOURCE_IN_USE',
    ],
  },
  CreateSubscriberResource: {
    summary: 'Give a subscriber a resource',
    description: 'The value must be free, or belong to a Deactivated subscriber.',
    errors: [...subscriberErrors, ...resourceErrors, 'RESOURCE_EXISTS', 'RESOURCE_IN_USE'],
  },
  DeleteSubscriberResource: {
    summary: 'Take a resource from a subscriber',
    description:
      'The request is a JSON body, as for the other writes; some clients must be told to send one with DELETE.',
    errors: [...subscriberErrors, ...resourceErrors, 'RESOURCE_NOT_FOUND'],
  },
  CreateSubscriber: {
    summary: 'Create a subscriber',
    description: 'With its SIM and resources, in an account of the client’s tree.',
    errors: [
      'ACCOUNT_NOT_FOUND',
      'SUBSCRIBER_EXISTS',
      'SIM_IN_USE',
      'ICCID_INVALID',
      'PLATFORM_NOT_CONFIGURED',
      'RESOURCE_TYPE_NOT_CONFIGURED',
      'RESOURCE_FORMAT_INVALID',
      'RESOURCE_EXISTS',
      'RESOURCE_IN_USE',
    ],
  },
  ChangeSubscriberStatus: {
    summary: "Change a subscriber's state",
    description: 'Active, Suspended, Inactive, or Deactivated, which is final. docs/states.md has the table.',
    errors: [...subscriberErrors, 'SUBSCRIBER_STATE_REQUIRED', 'SUBSCRIBER_STATE_TRANSITION'],
  },
};

/** What may go wrong with any write, whatever its command. */
const errorsOfEveryWrite: ErrorCode[] = [
  'REQUEST_INVALID',
  'REQUEST_ID_REQUIRED',
  'REQUEST_ID_REUSED',
  'REQUEST_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'TENANT_UNKNOWN',
  'LOCKED',
  'OPERATION_CANCELLED',
  'OPERATION_TIMED_OUT',
];

/** Describes the route of a command to OpenAPI. */
export function DescribeWrite(name: OcsCommand): MethodDecorator {
  const { errors, ...texts } = writes[name];
  return Describe({
    operationId: name.charAt(0).toLowerCase() + name.slice(1),
    ...texts,
    body: { schema: name, example: requestExamples[name] },
    ok: {
      description: 'Done: the business transaction with every entity it changed',
      schema: 'BusinessTransaction',
      example: businessTransactionExample(name),
    },
    more: [describeAccepted],
    errors: [...errorsOfEveryWrite, ...errors],
  });
}

const describeAccepted = ApiResponse({
  status: HttpStatus.ACCEPTED,
  description: 'Committed, but not ended within the time to answer: see the operation',
  headers: {
    Location: { description: 'The operation', schema: { type: 'string' } },
    'Retry-After': { description: 'Seconds', schema: { type: 'string' } },
  },
  content: {
    'application/json': { schema: schemaRef('Accepted'), example: { operationId, status: 'ACCEPTED' } },
  },
});

import { applyDecorators } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import type { BulkAction } from '#libs/contracts';
import type { ErrorCode } from '#libs/errors';
import type { ErrorShape, RouteDescription } from '../openapi/describe.js';
import { refusalBody } from './bodies.js';
import { DescribeFloliveWrite } from './describe.js';
import { describeCustomerPath, describeSubscriberPath } from './describe-reads.js';
import { ackExample, bulkAckExample, bulkNakExample, bulkRequestExample } from './examples.js';
import { refusalOf } from './flolive-errors.js';
import type { FloliveCommand } from './single-write.js';

interface SingleDescription {
  summary: string;
  path: MethodDecorator[];
  body?: NonNullable<RouteDescription['body']>;
  errors: ErrorCode[];
}

const offerPath = [
  ...describeSubscriberPath,
  ApiParam({ name: 'offerId', description: "Of the tenant's catalogue", example: 'IOT-10MB' }),
];
const instancePath = [
  ...describeCustomerPath,
  ApiParam({ name: 'instanceId', description: 'From the list', format: 'uuid' }),
];
const param = { name: 'costCentre', value: '4711' };

const singles: Record<FloliveCommand, SingleDescription> = {
  ChangeSimStatus: {
    summary: "Change the status of a subscriber's SIM",
    path: describeSubscriberPath,
    body: { schema: 'FloliveSimStatus', example: { status: 'SUSPEND' } },
    errors: ['SUBSCRIBER_NOT_FOUND'],
  },
  AttachOffer: { summary: 'Attach an offer', path: offerPath, errors: ['SUBSCRIBER_NOT_FOUND'] },
  DetachOffer: { summary: 'Detach an offer', path: offerPath, errors: ['SUBSCRIBER_NOT_FOUND'] },
  CreateExternalParam: {
    summary: 'Create an external parameter of a customer',
    path: describeCustomerPath,
    body: { schema: 'FloliveNewParam', example: param },
    errors: ['ACCOUNT_NOT_FOUND'],
  },
  ModifyExternalParam: {
    summary: 'Modify an external parameter of a customer',
    path: instancePath,
    body: { schema: 'FloliveParam', example: { value: '4712' } },
    errors: ['ACCOUNT_NOT_FOUND'],
  },
  DeleteExternalParam: {
    summary: 'Delete an external parameter of a customer',
    path: instancePath,
    errors: ['ACCOUNT_NOT_FOUND'],
  },
};

/** Describes the route of a single call, which is answered once it is admitted. */
export function DescribeSingle(name: FloliveCommand): MethodDecorator {
  const { summary, path, body, errors } = singles[name];
  return applyDecorators(
    ...path,
    DescribeFloliveWrite({
      operationId: `flolive${name}`,
      summary,
      description: 'Answered with a request id once it is admitted; the call of that id tells its end.',
      ...(body && { body }),
      ok: { description: 'ACK', schema: 'FloliveAck', example: ackExample },
      errors,
    }),
  );
}

interface BulkDescription {
  summary: string;
  /** of a node */
  content: object;
}

type FloliveBulkAction = Extract<BulkAction, 'AttachOffer' | 'DetachOffer' | 'ChangeSimStatus' | 'ResetActivationTime'>;

const bulks: Record<FloliveBulkAction, BulkDescription> = {
  ResetActivationTime: { summary: 'Forget the first activation of SIMs', content: {} },
  ChangeSimStatus: { summary: 'Change the status of SIMs', content: { status: 'SUSPEND' } },
  AttachOffer: { summary: 'Attach offers', content: { offerId: 'IOT-10MB' } },
  DetachOffer: { summary: 'Detach offers', content: { offerId: 'IOT-10MB' } },
};

const bulkShape = (content: object): ErrorShape => ({
  schema: 'FloliveBulkRefusal',
  example: (code) => (code === 'BULK_ITEM_INVALID' ? bulkNakExample(content) : refusalBody(refusalOf(code))),
});

/** Describes the route of a bulk: all nodes are admitted, or none. */
export function DescribeBulk(action: FloliveBulkAction): MethodDecorator {
  const { summary, content } = bulks[action];
  return DescribeFloliveWrite({
    operationId: `floliveBulk${action}`,
    summary,
    description:
      'Of 1 to 200 subscribers, each named once. A NAK lists the nodes that failed, and nothing is executed. A user runs one bulk of an action at a time. The header Request-Id of an ACK is the id of the bulk.',
    body: { schema: 'FloliveBulkRequest', example: bulkRequestExample(content) },
    ok: { description: 'ACK', schema: 'FloliveBulk', example: bulkAckExample(content) },
    errors: ['BULK_ITEM_INVALID'],
    errorShape: bulkShape(content),
  });
}

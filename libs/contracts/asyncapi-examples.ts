import type { CommandOutcome, EntityChanged } from './change.js';
import type { CommandData, CommandName, Plain } from './commands.js';
import type { Envelope } from './envelope.js';
import type { PlatformRequest } from './platform-messages.js';

const subscriberId = '01998f5e-7a52-7c11-9d7e-2f0f3a5b6c01';
const resourceId = '01998f5e-7a52-7c11-9d7e-2f0f3a5b6c02';
const iccid = '8901260852290847433';
const instanceId = '01998f5e-7a52-7c11-9d7e-2f0f3a5b6c06';
const jobId = '01998f5e-8000-7a10-8f4e-0d5c1b2a3c07';
const operationId = '01998f5e-8000-7a10-8f4e-0d5c1b2a3c04';
const businessTransactionId = '01998f5e-8001-7a10-8f4e-0d5c1b2a3c05';

/** Examples of each command's data. They are published, and a test validates each by its class. */
export const commandExamples: { [N in CommandName]: CommandData<N>[] } = {
  CreateSubscriber: [
    {
      requestId: 'order-1001',
      externalId: 'SUB-1',
      accountId: 'ACME-TT',
      state: 'Active',
      platform: 'JASPER',
      sim: { iccid: '8901260852290847433', imsi: '310260852290847', status: 'INACTIVE' },
      resources: [{ type: 'MSISDN', value: '18685550101' }],
    },
    { requestId: 'order-1002', externalId: 'SUB-2', accountId: 'ACME-TT' },
  ],
  ChangeSubscriberStatus: [
    { requestId: 'order-1003', subscriber: { externalId: 'SUB-1' }, state: 'Suspended' },
    { requestId: 'order-1004', subscriber: { refId: subscriberId }, state: 'Deactivated' },
  ],
  CreateSubscriberResource: [
    {
      requestId: 'order-1005',
      subscriber: { externalId: 'SUB-1' },
      resourceType: 'EMAIL',
      resource: 'meter-1@example.com',
    },
  ],
  DeleteSubscriberResource: [
    {
      requestId: 'order-1006',
      subscriber: { externalId: 'SUB-1' },
      resourceType: 'EMAIL',
      resource: 'meter-1@example.com',
    },
  ],
  SwapSubscriberResource: [
    {
      requestId: 'order-1007',
      transactionId: 'crm-77',
      subscriber: { externalId: 'SUB-1' },
      resourceType: 'MSISDN',
      swapResource: '18685550101',
      resource: '18685550102',
    },
    {
      requestId: 'order-1008',
      subscriber: { identifier: { type: 'MSISDN', value: '18685550102' } },
      resourceType: 'MSISDN',
      swapResource: '18685550102',
      resource: '18685550103',
    },
  ],
  AttachOffer: [{ subscriber: { externalId: 'SUB-1' }, offerId: 'IOT-10MB' }],
  DetachOffer: [
    { requestId: 'order-1009', subscriber: { identifier: { type: 'ICCID', value: iccid } }, offerId: 'IOT-10MB' },
  ],
  ChangeSimStatus: [{ subscriber: { identifier: { type: 'ICCID', value: iccid } }, status: 'SUSPENDED' }],
  ResetActivationTime: [{ subscriber: { identifier: { type: 'IMSI', value: '222013090963830' } } }],
  AssignCustomProperties: [
    {
      subscriber: { identifier: { type: 'ICCID', value: iccid } },
      set: [{ name: 'MyFavoriteColour', value: 'Blue' }],
      remove: ['MyFavoriteFood'],
    },
  ],
  TransferSim: [{ subscriber: { externalId: 'SUB-1' }, accountId: 'ACME-JM' }],
  CreateExternalParam: [{ accountId: 'ACME-TT', name: 'costCentre', value: '4711' }],
  ModifyExternalParam: [{ accountId: 'ACME-TT', instanceId, value: '4712' }],
  DeleteExternalParam: [{ accountId: 'ACME-TT', instanceId }],
  SubmitBulkJob: [
    {
      action: 'ResetActivationTime',
      items: [{ key: 'meter-1', data: { subscriber: { identifier: { type: 'ICCID', value: iccid } } } }],
    },
    {
      requestId: 'order-1010',
      action: 'SwapSubscriberResource',
      dryRun: true,
      items: [
        {
          data: {
            subscriber: { externalId: 'SUB-1' },
            resourceType: 'MSISDN',
            swapResource: '18685550103',
            resource: '18685550104',
          },
        },
      ],
    },
  ],
  CancelBulkJob: [{ jobId }],
  RetryFailedItems: [{ requestId: 'order-1011', jobId }],
  RecordPlatformResponse: [
    {
      ...{ platform: 'JASPER', iccid, subscriberId, change: { kind: 'status', status: 'SUSPENDED' } },
      ...{ state: 'DONE', statusCode: 200, message: '' },
      sim: { status: 'SUSPENDED', customProperties: [] },
    },
    {
      ...{ platform: 'STC', iccid, subscriberId, change: { kind: 'status', status: 'ACTIVE' } },
      ...{ state: 'FAILED', statusCode: 409, message: 'CHANGE_REFUSED: The platform refuses the change.' },
    },
  ],
  RecordSimState: [
    {
      ...{ platform: 'STC', iccid, subscriberId, operationId },
      sim: { status: 'ACTIVE', customProperties: [] },
    },
  ],
};

export const platformRequestExamples: Plain<PlatformRequest>[] = [
  { platform: 'JASPER', iccid, subscriberId, change: { kind: 'status', status: 'SUSPENDED' } },
];

export const outcomeExamples: CommandOutcome[] = [
  { commandId: 'crm-4711', operationId, status: 'COMPLETED', businessTransactionId },
  {
    commandId: 'crm-4712',
    operationId,
    status: 'REJECTED',
    error: {
      code: 'RESOURCE_IN_USE',
      message: 'The resource is assigned to another subscriber.',
      details: { field: 'resource' },
    },
  },
];

const resource = { id: resourceId, subscriberId, subscriberExternalId: 'SUB-1', type: 'MSISDN' };

export const changeExamples: EntityChanged[] = [
  {
    businessTransaction: {
      id: businessTransactionId,
      type: 'SwapSubscriberResource',
      operationId,
      commandId: 'crm-4711',
      requestId: 'order-1007',
      transactionId: 'crm-77',
      correlationId: 'crm-flow-9',
      tenant: 'ACME',
      accountId: 'ACME-TT',
      actor: 'acme-crm',
      occurredAt: '2026-01-15T10:00:00.123Z',
      entityCount: 1,
    },
    sequence: 1,
    entityType: 'SubscriberResource',
    entityId: resourceId,
    version: 2,
    operation: 'UPDATED',
    before: { ...resource, value: '18685550101', validFrom: '2025-11-03T08:15:00.000Z' },
    after: { ...resource, value: '18685550102', validFrom: '2026-01-15T10:00:00.123Z' },
  },
];

/** Envelopes whose headers the examples show. */
export const envelopeExamples = {
  upstream: {
    id: 'crm-4711',
    type: 'simyard.SwapSubscriberResource.v1',
    source: '/acme/crm',
    time: '2026-01-15T10:00:00.000Z',
    tenant: 'ACME',
    actor: 'acme-crm',
    correlationId: 'crm-flow-9',
  },
  event: {
    id: '01998f5e-8001-7a10-8f4e-0d5c1b2a3c06',
    type: 'simyard.EntityChanged.v1',
    source: '/simyard/resource-swap',
    time: '2026-01-15T10:00:00.123Z',
    subject: `SubscriberResource/${resourceId}`,
    causationId: 'crm-4711',
    tenant: 'ACME',
    actor: 'acme-crm',
    correlationId: 'crm-flow-9',
  },
} as const satisfies Record<string, Envelope>;

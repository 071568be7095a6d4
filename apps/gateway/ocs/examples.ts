import type { EntityChanged } from '#libs/contracts';
import type { OcsCommand } from './ocs-command.js';

/** Examples of OpenAPI, consistent with one another. */
export const operationId = '0199f1de-7a3b-7c11-9d52-6a8f0c1e2b3d';

const requestIds = { requestId: 'crm-2026-000117', transactionId: 'order-88121' };
const subscriber = { externalId: 'SUB-1' };
const resourceType = 'MSISDN';
const [oldNumber, newNumber] = ['18685550101', '18685550102'];

export const requestExamples: Record<OcsCommand, object> = {
  SwapSubscriberResource: { ...requestIds, subscriber, resourceType, swapResource: oldNumber, resource: newNumber },
  CreateSubscriberResource: { ...requestIds, subscriber, resourceType, resource: newNumber },
  DeleteSubscriberResource: { ...requestIds, subscriber, resourceType, resource: oldNumber },
  CreateSubscriber: {
    ...requestIds,
    externalId: 'SUB-1',
    accountId: 'ACME-TT',
    state: 'Active',
    platform: 'JASPER',
    sim: { iccid: '8901260012345678902', imsi: '310260123456789', status: 'INACTIVE' },
    resources: [{ type: resourceType, value: oldNumber }],
  },
  ChangeSubscriberStatus: { ...requestIds, subscriber, state: 'Suspended' },
};

type EntityExample = Pick<EntityChanged, 'entityType' | 'entityId' | 'version' | 'operation' | 'before' | 'after'>;

const subscriberId = '0199f1de-0000-7000-8000-000000000001';
const resourceId = '0199f1de-0000-7000-8000-000000000002';
const resourceState = (value: string): Record<string, unknown> => ({
  id: resourceId,
  subscriberId,
  subscriberExternalId: 'SUB-1',
  type: resourceType,
  value,
  validFrom: '2026-01-31T12:00:00.000Z',
});
const subscriberState = (state: string): Record<string, unknown> => ({
  id: subscriberId,
  externalId: 'SUB-1',
  accountId: 'ACME-TT',
  state,
  platform: 'JASPER',
});

const aResource = { entityType: 'SubscriberResource', entityId: resourceId } as const;
const aSubscriber = { entityType: 'Subscriber', entityId: subscriberId } as const;

const changes: Record<OcsCommand, EntityExample> = {
  SwapSubscriberResource: {
    ...aResource,
    version: 2,
    operation: 'UPDATED',
    before: resourceState(oldNumber),
    after: resourceState(newNumber),
  },
  CreateSubscriberResource: {
    ...aResource,
    version: 1,
    operation: 'CREATED',
    before: null,
    after: resourceState(newNumber),
  },
  DeleteSubscriberResource: {
    ...aResource,
    version: 2,
    operation: 'DELETED',
    before: resourceState(oldNumber),
    after: null,
  },
  CreateSubscriber: {
    ...aSubscriber,
    version: 1,
    operation: 'CREATED',
    before: null,
    after: subscriberState('Active'),
  },
  ChangeSubscriberStatus: {
    ...aSubscriber,
    version: 2,
    operation: 'UPDATED',
    before: subscriberState('Active'),
    after: subscriberState('Suspended'),
  },
};

export const businessTransactionExample = (name: OcsCommand): object => ({
  businessTransaction: {
    id: '0199f1de-7a41-7a02-8f1e-1b2c3d4e5f60',
    type: name,
    operationId,
    commandId: operationId,
    ...requestIds,
    correlationId: '5b2c0f4e-6f0a-4d0e-9f0c-0d8f6f0f1a2b',
    tenant: 'ACME',
    accountId: 'ACME-TT',
    actor: 'acme-crm',
    occurredAt: '2026-01-31T12:00:00.000Z',
    entityCount: 1,
    entities: [changes[name]],
  },
});

export const resourcesExample = {
  subscriber: { refId: subscriberId, externalId: 'SUB-1', state: 'Active' },
  resources: [
    {
      id: resourceId,
      type: resourceType,
      value: newNumber,
      version: 2,
      validFrom: '2026-01-31T12:00:00.000Z',
      validTo: null,
    },
    {
      id: resourceId,
      type: resourceType,
      value: oldNumber,
      version: 1,
      validFrom: '2025-06-01T08:00:00.000Z',
      validTo: '2026-01-31T12:00:00.000Z',
    },
  ],
  page: 0,
  size: 50,
  total: 2,
};

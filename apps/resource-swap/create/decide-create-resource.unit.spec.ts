import { describe, expect, it } from '@jest/globals';
import type { CommandData } from '#libs/contracts';
import { acme, command, resourceRow, subscriberId, subscriberRow, viewOf } from '#libs/testing';
import type { Decision } from '#libs/transactions';
import { decideCreateResource } from './decide-create-resource.js';

type CreateData = CommandData<'CreateSubscriberResource'>;

const valid: CreateData = {
  requestId: 'r-1',
  subscriber: { externalId: 'SUB-1' },
  resourceType: 'MSISDN',
  resource: '18685550103',
};

function fleet() {
  const [one, two, gone] = [
    subscriberRow('SUB-1'),
    subscriberRow('SUB-2'),
    subscriberRow('GONE', { state: 'Deactivated', accountId: 'GLOBEX' }),
  ];
  return viewOf({
    subscribers: [one, two, gone],
    resources: [
      resourceRow(one, 'MSISDN', '18685550101'),
      resourceRow(two, 'MSISDN', '18685550102'),
      resourceRow(gone, 'MSISDN', '18685550104', { version: 2 }),
    ],
  });
}

const decide = (data: CreateData, view = fleet()): Decision =>
  decideCreateResource(view, command('CreateSubscriberResource', data, acme));

describe('the creation of a resource', () => {
  it('is version 1 of a new entity', () => {
    expect(decide(valid)).toMatchObject({
      changes: [
        {
          operation: 'CREATED',
          version: 1,
          aggregateId: subscriberId('SUB-1'),
          before: null,
          after: { type: 'MSISDN' },
        },
      ],
    });
  });

  it('takes what a Deactivated subscriber of another tenant still has', () => {
    expect(decide({ ...valid, resource: '18685550104' })).toMatchObject({
      changes: [
        { operation: 'CREATED', version: 1, tenantId: 'ACME' },
        { operation: 'DELETED', version: 3, tenantId: 'GLOBEX', outsideTree: true },
      ],
    });
  });

  it.each<[string, CreateData]>([
    ['REQUEST_ID_REQUIRED', {}],
    ['SUBSCRIBER_REQUIRED', { requestId: 'r-1' }],
    ['RESOURCE_REQUIRED', { requestId: 'r-1', subscriber: { externalId: 'nobody' } }],
    ['RESOURCE_TYPE_REQUIRED', { requestId: 'r-1', subscriber: { externalId: 'nobody' }, resource: 'x' }],
    ['SUBSCRIBER_NOT_FOUND', { ...valid, subscriber: { externalId: 'GONE' } }],
    ['RESOURCE_FORMAT_INVALID', { ...valid, resource: 'x' }],
    ['RESOURCE_EXISTS', { ...valid, resource: '+18685550101' }],
    ['RESOURCE_IN_USE', { ...valid, resource: '18685550102' }],
    ['RESOURCE_TYPE_NOT_CONFIGURED', { ...valid, resourceType: 'FAX' }],
  ])('is refused with %s', (code, data) => {
    expect(decide(data)).toMatchObject({ status: 'REJECTED', error: { code } });
  });

  it('is refused for a Deactivated subscriber', () => {
    const view = viewOf({ subscribers: [subscriberRow('SUB-1', { state: 'Deactivated' })] });
    expect(decide(valid, view)).toMatchObject({ error: { code: 'SUBSCRIBER_DEACTIVATED' } });
  });

  it('gives one value to one of two commands of a batch', () => {
    const view = fleet();
    expect(decide(valid, view).status).toBe('COMPLETED');
    expect(decide({ ...valid, subscriber: { externalId: 'SUB-2' } }, view)).toMatchObject({
      error: { code: 'RESOURCE_IN_USE' },
    });
  });

  it.each(['SUB-1', 'GONE'])(
    'is refused while another operation holds %s, and done by the one that holds it',
    (name) => {
      const asked = command('CreateSubscriberResource', { ...valid, resource: '18685550104' });
      const heldBy = (operationId: string) => ({
        ...fleet(),
        locks: new Map([[`Subscriber ${subscriberId(name)}`, operationId]]),
      });
      expect(decideCreateResource(heldBy('other'), asked)).toMatchObject({
        status: 'REJECTED',
        error: { code: 'LOCKED', details: { operationId: 'other' } },
      });
      expect(decideCreateResource(heldBy(asked.operationId), asked).status).toBe('COMPLETED');
    },
  );
});

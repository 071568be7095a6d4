import { describe, expect, it } from '@jest/globals';
import type { CommandData } from '#libs/contracts';
import { command, resourceRow, subscriberId, subscriberRow, viewOf } from '#libs/testing';
import type { Decision } from '#libs/transactions';
import { decideDeleteResource } from './decide-delete-resource.js';

type DeleteData = CommandData<'DeleteSubscriberResource'>;

const valid: DeleteData = {
  requestId: 'r-1',
  subscriber: { externalId: 'SUB-1' },
  resourceType: 'MSISDN',
  resource: '+1 868 555 0101',
};

function fleet() {
  const one = subscriberRow('SUB-1');
  const gone = subscriberRow('GONE', { state: 'Deactivated' });
  return viewOf({ subscribers: [one, gone], resources: [resourceRow(one, 'MSISDN', '18685550101', { version: 4 })] });
}

const decide = (data: DeleteData, view = fleet()): Decision =>
  decideDeleteResource(view, command('DeleteSubscriberResource', data));

describe('the deletion of a resource', () => {
  it('is the version after its last value', () => {
    const view = fleet();
    expect(decide(valid, view)).toMatchObject({
      changes: [{ operation: 'DELETED', version: 5, before: { value: '18685550101' }, after: null }],
    });
    expect(view.ended).toMatchObject([{ version: 4, value: '18685550101' }]);
    expect(decide(valid, view)).toMatchObject({ error: { code: 'RESOURCE_NOT_FOUND' } });
  });

  it.each<[string, DeleteData]>([
    ['REQUEST_ID_REQUIRED', {}],
    ['SUBSCRIBER_REQUIRED', { requestId: 'r-1' }],
    ['RESOURCE_REQUIRED', { requestId: 'r-1', subscriber: { externalId: 'nobody' } }],
    ['RESOURCE_TYPE_REQUIRED', { requestId: 'r-1', subscriber: { externalId: 'nobody' }, resource: 'x' }],
    ['SUBSCRIBER_NOT_FOUND', { ...valid, subscriber: { externalId: 'nobody' } }],
    ['SUBSCRIBER_DEACTIVATED', { ...valid, subscriber: { externalId: 'GONE' } }],
    ['RESOURCE_NOT_FOUND', { ...valid, resource: '18685550102' }],
    ['RESOURCE_TYPE_NOT_CONFIGURED', { ...valid, resourceType: 'FAX' }],
  ])('is refused with %s', (code, data) => {
    expect(decide(data)).toMatchObject({ status: 'REJECTED', error: { code } });
  });

  it.each(['SUB-1'])('is refused while another operation holds %s, and done by the one that holds it', (name) => {
    const asked = command('DeleteSubscriberResource', valid);
    const heldBy = (operationId: string) => ({
      ...fleet(),
      locks: new Map([[`Subscriber ${subscriberId(name)}`, operationId]]),
    });
    expect(decideDeleteResource(heldBy('other'), asked)).toMatchObject({
      status: 'REJECTED',
      error: { code: 'LOCKED', details: { operationId: 'other' } },
    });
    expect(decideDeleteResource(heldBy(asked.operationId), asked).status).toBe('COMPLETED');
  });
});

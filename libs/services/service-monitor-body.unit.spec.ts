import { describe, expect, it } from '@jest/globals';
import { serviceMonitorBody, type ServiceMonitor } from '#libs/services';

const url = 'https://simyard.example/tmf-api/ServiceActivationAndConfiguration/v4';
const operationId = '0199f1de-7a3b-7c11-9d52-6a8f0c1e2b3d';
const id = '0199f1de-0000-7000-8000-000000000001';

const patched = {
  businessTransaction: {
    entities: [
      {
        entityType: 'Subscriber',
        entityId: id,
        before: { state: 'Inactive' },
        after: { state: 'Active', accountId: 'ACME-TT' },
      },
    ],
  },
};
const headers = [{ name: 'content-type', value: 'application/json' }];
const patch = { method: 'PATCH', to: `${url}/service/${id}`, body: { state: 'active' }, headers };

const monitor = (changes: Partial<ServiceMonitor>): ServiceMonitor => ({
  ...{
    operationId,
    action: 'ChangeSubscriberStatus',
    status: 'ACCEPTED',
    error: null,
    entityType: null,
    entityId: null,
  },
  ...{ data: null, response: null, request: patch, ...changes },
});

describe('a monitor', () => {
  it('tells the request while the operation is open, and no response yet', () => {
    expect(serviceMonitorBody(monitor({}), url)).toEqual({
      ...{ id: operationId, href: `${url}/monitor/${operationId}`, sourceHref: `${url}/service/${id}` },
      ...{ state: 'InProgress', '@type': 'Monitor' },
      request: { method: 'PATCH', to: `${url}/service/${id}`, body: '{"state":"active"}', header: headers },
    });
  });

  it('tells what the operation has made of its service', () => {
    const { state, response } = serviceMonitorBody(monitor({ status: 'COMPLETED', response: patched }), url);
    expect(state).toBe('Completed');
    expect({ ...response, body: JSON.parse(response?.body ?? '') }).toEqual({
      statusCode: '200',
      header: headers,
      body: {
        ...{ id, href: `${url}/service/${id}`, '@type': 'Service', state: 'active' },
        relatedParty: [{ id: 'ACME-TT', role: 'customer', '@referredType': 'Organization' }],
      },
    });
  });

  it.each([
    ['POST', '201'],
    ['DELETE', '204'],
  ])('has the status code of its %s', (method, statusCode) => {
    const request = { ...patch, method, body: null };
    const body = serviceMonitorBody(monitor({ status: 'COMPLETED', response: patched, request }), url);
    expect(body).toMatchObject({ sourceHref: `${url}/service/${id}`, response: { statusCode } });
    expect([body.request.body, body.response?.body === undefined]).toEqual([undefined, method === 'DELETE']);
  });

  it.each([
    ['FAILED', { code: 'LOCKED', message: 'Held.' }, '409', 'LOCKED'],
    ['FAILED', { code: 'PLATFORM_FAILED', message: 'No.' }, '502', 'PLATFORM_FAILED'],
    ['TIMED_OUT', null, '504', 'OPERATION_TIMED_OUT'],
    ['CANCELLED', null, '409', 'OPERATION_CANCELLED'],
    ['COMPLETED_WITH_ERRORS', null, '422', 'BULK_ITEMS_FAILED'],
  ] as const)('tells of one that ended as %s why', (status, error, statusCode, code) => {
    const { state, response } = serviceMonitorBody(monitor({ status, error }), url);
    expect([state, response?.statusCode, JSON.parse(response?.body ?? '')]).toMatchObject([
      'InError',
      statusCode,
      { code, status: statusCode, '@type': 'Error' },
    ]);
  });

  it('tells an operation of another facade as what it would have been here', () => {
    const ofOthers = (changes: Partial<ServiceMonitor>) => {
      const { sourceHref, request } = serviceMonitorBody(monitor({ request: null, ...changes }), url);
      return [sourceHref, request.method, request.to];
    };
    const service = `${url}/service/${id}`;
    expect(ofOthers({ entityType: 'Subscriber', entityId: id })).toEqual([service, 'PATCH', service]);
    const operation = `https://simyard.example/admin/v1/operations/${operationId}`;
    expect(ofOthers({ action: 'CreateSubscriber' })).toEqual([operation, 'POST', `${url}/service`]);
    const job = `https://simyard.example/admin/v1/bulk-jobs/${operationId}`;
    expect(ofOthers({ action: 'SubmitBulkJob' })).toEqual([job, 'PATCH', job]);
  });
});

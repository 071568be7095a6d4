import { servicePrefix } from '#libs/services';

/** Examples of OpenAPI, consistent with one another. */
const url = `https://simyard.example${servicePrefix}`;
export const serviceId = '0199f1de-0000-7000-8000-000000000001';
export const operationId = '0199f1de-7a3b-7c11-9d52-6a8f0c1e2b3d';

const characteristic = (name: string, value: string) => ({ name, valueType: 'string', value });

/** Body of a POST. */
export const newServiceExample = {
  state: 'reserved',
  name: 'Tracker 117',
  category: 'CFS',
  serviceSpecification: { id: 'iot-tracker', name: 'IoT tracker', version: '1' },
  serviceCharacteristic: [
    characteristic('ICCID', '8901260012345678902'),
    characteristic('IMSI', '310260123456789'),
    characteristic('PLATFORM', 'JASPER'),
    characteristic('MSISDN', '18685550101'),
  ],
  relatedParty: [{ id: 'ACME-TT', role: 'customer', '@referredType': 'Organization' }],
};

export const serviceExample = {
  ...newServiceExample,
  ...{ id: serviceId, href: `${url}/service/${serviceId}`, '@type': 'Service' },
  serviceDate: '2026-01-31T12:00:00.000Z',
  supportingResource: [{ id: '8901260012345678902', name: 'SIM', '@referredType': 'Resource' }],
};

export const activatedExample = { ...serviceExample, state: 'active', startDate: '2026-02-01T08:00:00.000Z' };

const header = [{ name: 'content-type', value: 'application/merge-patch+json' }];

export const openMonitorExample = {
  ...{ id: operationId, href: `${url}/monitor/${operationId}`, sourceHref: `${url}/service/${serviceId}` },
  state: 'InProgress',
  request: { method: 'PATCH', to: `${url}/service/${serviceId}`, body: '{"state":"active"}', header },
  '@type': 'Monitor',
};

export const monitorExample = {
  ...openMonitorExample,
  state: 'Completed',
  response: {
    statusCode: '200',
    body: JSON.stringify({ id: serviceId, href: `${url}/service/${serviceId}`, '@type': 'Service', state: 'active' }),
    header: [{ name: 'content-type', value: 'application/json' }],
  },
};

export const hubExample = { callback: 'https://crm.example/tmf640', query: 'eventType=ServiceStateChangeEvent' };

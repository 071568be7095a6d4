import { monitorBody, monitorRequest, type Monitor } from '#libs/monitors';
import { exampleTenant, exampleUrl } from '../products/examples.js';

const correlationId = '08cf2679-a736-45bb-936d-7c00d1628f38';
const [card, other] = ['TMSP-8901260012345678902-simCard', 'JASPER-8901260012345678910-simCard'];
const patch = [{ op: 'replace', path: '/status', value: 'SUSPENDED' }];
const accept = 'application/json';
const answer = { statusCode: 202, message: '', body: null, headers: { 'content-type': 'application/json' } };

const monitor: Monitor = {
  ...{ monitorId: '8901260012345678902-1747918290-monitor', tenantId: exampleTenant, operationId: '', correlationId },
  ...{ productId: card, isBatch: false, status: 'IN_PROGRESS', error: null },
  request: monitorRequest('PATCH', patch, { accept, 'content-type': 'application/json-patch+json' }),
  items: [{ productId: card, platform: 'TMSP', status: 'IN_PROGRESS', error: null, answer }],
};

export const batchBodyExample = {
  productIdList: [other, card],
  request: {
    method: 'PATCH',
    body: patch,
    headers: [{ name: 'Content-Type', value: 'application/json-patch+json' }],
  },
};

export const monitorExample = monitorBody(monitor, exampleUrl);

export const monitorsExample = {
  entities: [monitorExample],
  statistics: { currentPage: 1, pageSize: 10, totalPages: 1, totalElements: 1 },
};

export const batchMonitorExample = monitorBody(
  {
    ...monitor,
    ...{ monitorId: '8901260012345678910-1747919425-monitor', productId: null, isBatch: true },
    request: monitorRequest('PATCH', batchBodyExample, { accept, 'content-type': accept }),
    items: [
      { productId: other, platform: 'JASPER', status: 'COMPLETED', error: null },
      { productId: card, platform: 'TMSP', status: 'IN_PROGRESS', error: null, answer },
    ],
  },
  exampleUrl,
);

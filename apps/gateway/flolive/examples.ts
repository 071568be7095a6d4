import { ackBody, bulkBody, bulkNode, onePage, pageBody, type BulkBody, type EchoedNode } from './bodies.js';
import { noError, validationFailed } from './flolive-errors.js';

/** Examples of OpenAPI; the bulk's are seed 002's. */
export const requestIdExample = 'ff74dca6-8e7f-4b85-a42b-13860913b370';
const secondRequestId = '7e74dce6-8eef-4c86-a4bb-1a860913c271';
const instanceId = '0199f1de-7a3b-7c11-9d52-6a8f0c1e2b3d';

export const ackExample = ackBody(requestIdExample);

const nodesWith = (content: object): [EchoedNode, EchoedNode] => [
  { subscriberIdentifiers: { type: 'IMSI', value: '222013090963830' }, content },
  { subscriberIdentifiers: { type: 'IMSI', value: '222013090961866' }, content },
];

export const bulkRequestExample = (content: object): object => ({ bulk: nodesWith(content) });

export function bulkAckExample(content: object): BulkBody {
  const [first, second] = nodesWith(content);
  return bulkBody([bulkNode(noError, requestIdExample, first), bulkNode(noError, secondRequestId, second)]);
}

export const bulkNakExample = (content: object): BulkBody =>
  bulkBody([bulkNode(validationFailed, '', nodesWith(content)[0])]);

export const callExample = pageBody(noError, [{ status: 'OPEN' }], onePage(1));

export const callV3Example = pageBody(
  noError,
  [
    { requestId: requestIdExample, status: 'SUCCESS' },
    { requestId: secondRequestId, status: 'OPEN' },
  ],
  onePage(2),
);

export const paramsExample = pageBody(noError, [{ instanceId, name: 'costCentre', value: '4711' }], onePage(1));

export const subscriberExample = {
  ...noError,
  content: {
    subscriberId: '0199f1de-0000-7000-8000-000000000001',
    externalId: 'SUB-1',
    customerId: 'ACME-TT',
    state: 'Active',
    platform: 'JASPER',
    sim: {
      iccid: '8901260012345678902',
      imsi: '222013090963830',
      status: 'ACTIVE',
      firstActivationTime: '2026-01-31T12:00:00.000Z',
    },
    resources: [{ type: 'IMSI', value: '222013090963830' }],
    offers: [{ offerId: 'IOT-10MB', name: 'Ten megabytes', attachedAt: '2026-01-31T12:00:00.000Z' }],
  },
};

/** Examples of OpenAPI, consistent with one another. */
export const jobId = '0199f1de-7a3b-7c11-9d52-6a8f0c1e2b3d';

const rows = [
  { key: 'row-1', externalId: 'SUB-1', status: 'SUSPENDED' },
  { key: 'row-2', externalId: 'SUB-2', status: 'ACTIVE' },
];
const items = rows.map(({ key, externalId, status }) => ({ key, data: { subscriber: { externalId }, status } }));

export const submissionExample = { action: 'ChangeSimStatus', items, dryRun: false };
export const csvExample = [
  'key,externalId,status',
  ...rows.map(({ key, externalId, status }) => `${key},${externalId},${status}`),
  '',
].join('\n');
export const ndjsonExample = items.map((item) => `${JSON.stringify(item)}\n`).join('');

export const startedExample = {
  jobId,
  accepted: 2,
  rejected: 1,
  rejections: [{ line: 4, reason: 'status: status must be provided.' }],
};

export const jobExample = {
  jobId,
  action: 'ChangeSimStatus',
  status: 'IN_PROGRESS',
  state: 'RUNNING',
  dryRun: false,
  facade: 'admin',
  accountId: 'ACME-TT',
  actor: 'acme-crm',
  correlationId: '5b2c0f4e-6f0a-4d0e-9f0c-0d8f6f0f1a2b',
  total: 2,
  dispatched: 2,
  pending: 0,
  inFlight: 1,
  completed: 0,
  failed: 1,
  cancelled: 0,
  createdAt: '2026-01-31T12:00:00.000Z',
  startedAt: '2026-01-31T12:00:00.090Z',
  deadline: '2026-02-01T12:00:00.000Z',
};

const error = { code: 'SUBSCRIBER_NOT_FOUND', message: 'The subscriber does not exist.' };
const operationId = '0199f1de-7a3b-7c11-9d52-6a8f0c1e2b3e';

export const itemExample = {
  ordinal: 2,
  key: 'row-2',
  operationId,
  status: 'FAILED',
  error,
  endedAt: '2026-01-31T12:00:00.210Z',
};

export const resultsExample = `key,status,errorCode,errorMessage,operationId
row-1,IN_FLIGHT,,,0199f1de-7a3b-7c11-9d52-6a8f0c1e2b3f
row-2,FAILED,${error.code},${error.message},${operationId}
`;

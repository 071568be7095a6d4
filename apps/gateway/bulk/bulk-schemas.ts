import { itemStatuses } from '#libs/bulk';
import { bulkActions, type JsonSchema } from '#libs/contracts';
import { operationStatuses } from '#libs/operations';
import { schemaRef } from '../openapi/describe.js';

const text = { type: 'string' } as const;
const uuid = { type: 'string', format: 'uuid' } as const;
const moment = { type: 'string', format: 'date-time' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const action = { type: 'string', enum: bulkActions } as const;

const error = {
  type: 'object',
  description: 'why it did not complete; the codes are in docs/errors.md',
  properties: { code: text, message: text, details: { type: 'object', additionalProperties: true } },
  required: ['code', 'message'],
} as const;

const submission: JsonSchema = {
  type: 'object',
  properties: {
    action,
    items: { type: 'array', items: schemaRef('BulkItem'), minItems: 1 },
    dryRun: { type: 'boolean', description: 'decides every item, and changes nothing' },
  },
  required: ['action', 'items'],
};

const table: JsonSchema = {
  ...text,
  description: `RFC 4180 in UTF-8 with a header. \`refId\`, \`externalId\`, or \`identifierType\` and \`identifier\` name the
subscriber, \`key\` the item, and every other column is an attribute of the action's command. Empty cells are left out.`,
};
const lines: JsonSchema = { ...text, description: 'A BulkItem as JSON on each line' };

const started: JsonSchema = {
  type: 'object',
  properties: {
    jobId: uuid,
    accepted: { ...count, description: 'items of the job' },
    rejected: { ...count, description: 'rows that became no item' },
    rejections: {
      type: 'array',
      description: 'the first thousand of them',
      maxItems: 1000,
      items: {
        type: 'object',
        properties: { line: { type: 'integer', minimum: 1 }, reason: text },
        required: ['line', 'reason'],
      },
    },
  },
  required: ['jobId', 'accepted', 'rejected', 'rejections'],
};

const counts = {
  total: count,
  dispatched: { ...count, description: 'items that have been sent, or have failed without that' },
  pending: { ...count, description: 'items that have not been sent' },
  inFlight: { ...count, description: 'items that have been sent and have not ended' },
  completed: count,
  failed: count,
  cancelled: count,
};

const job: JsonSchema = {
  type: 'object',
  properties: {
    jobId: { ...uuid, description: 'the operation of the submission' },
    action: { ...action, description: 'absent of a retry until its items are there' },
    status: { type: 'string', enum: operationStatuses },
    state: { type: 'string', enum: ['STAGED', 'RUNNING', 'CANCELLING', 'ENDED'] },
    dryRun: { type: 'boolean' },
    retryOf: { ...uuid, description: 'the job whose failed items it repeats' },
    facade: text,
    accountId: { ...text, description: 'account of the actor' },
    actor: text,
    correlationId: text,
    error,
    ...counts,
    createdAt: moment,
    startedAt: moment,
    endedAt: moment,
    deadline: { ...moment, description: 'after it the job is TIMED_OUT, and what it has not sent is CANCELLED' },
  },
  required: ['jobId', 'status', 'state', ...Object.keys(counts), 'createdAt'],
};

const item: JsonSchema = {
  type: 'object',
  properties: {
    ordinal: { type: 'integer', minimum: 1 },
    key: { ...text, description: 'the caller’s; its place in the submission when there was none' },
    operationId: uuid,
    status: { type: 'string', enum: itemStatuses },
    error,
    endedAt: moment,
  },
  required: ['ordinal', 'key', 'operationId', 'status'],
};

const page = (name: string, row: string, cursor: JsonSchema): JsonSchema => ({
  type: 'object',
  properties: {
    [name]: { type: 'array', items: schemaRef(row) },
    nextCursor: { ...cursor, description: 'absent on the last page' },
  },
  required: [name],
});

/** What the bulk routes take and answer, beside the classes that validate. */
export const bulkSchemas: Record<string, JsonSchema> = {
  BulkSubmission: submission,
  BulkTable: table,
  BulkLines: lines,
  BulkJobStarted: started,
  BulkJobRetried: { type: 'object', properties: { jobId: uuid }, required: ['jobId'] },
  BulkJob: job,
  BulkJobPage: page('jobs', 'BulkJob', uuid),
  BulkJobItem: item,
  BulkItemPage: page('items', 'BulkJobItem', text),
  BulkResults: { ...text, description: 'RFC 4180 with the header key,status,errorCode,errorMessage,operationId' },
};

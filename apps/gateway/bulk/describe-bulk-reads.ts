import { Describe } from '../openapi/describe.js';
import { ItemsQuery, JobsQuery, ResultsQuery } from './bulk-queries.js';
import { itemExample, jobExample, jobId, resultsExample } from './examples.js';

export const DescribeJobs = (): MethodDecorator =>
  Describe({
    operationId: 'listBulkJobs',
    summary: 'List bulk jobs',
    description: 'Of the client’s account tree, newest first.',
    query: {
      dataClass: JobsQuery,
      parameters: {
        status: { description: 'Only jobs in this state', example: 'IN_PROGRESS' },
        action: { description: 'Only jobs of this command', example: 'ChangeSimStatus' },
        cursor: { description: '`nextCursor` of the page before' },
        limit: { description: 'Rows of a page, 1 to 200, 50 by default' },
      },
    },
    ok: { description: 'A page of jobs', schema: 'BulkJobPage', example: { jobs: [jobExample], nextCursor: jobId } },
    errors: ['REQUEST_INVALID'],
  });

export const DescribeJob = (): MethodDecorator =>
  Describe({
    operationId: 'readBulkJob',
    summary: 'Read a bulk job',
    description: 'What it does, and how far it is.',
    ok: { description: 'The job', schema: 'BulkJob', example: jobExample },
    errors: ['BULK_JOB_NOT_FOUND'],
  });

export const DescribeItems = (): MethodDecorator =>
  Describe({
    operationId: 'listBulkItems',
    summary: 'List the items of a bulk job',
    description: 'In the order of the submission, with their results.',
    query: {
      dataClass: ItemsQuery,
      parameters: {
        status: { description: 'Only items in this state', example: 'FAILED' },
        cursor: { description: '`nextCursor` of the page before' },
        limit: { description: 'Rows of a page, 1 to 1000, 50 by default' },
      },
    },
    ok: { description: 'A page of items', schema: 'BulkItemPage', example: { items: [itemExample], nextCursor: '17' } },
    errors: ['REQUEST_INVALID', 'BULK_JOB_NOT_FOUND'],
  });

export const DescribeResults = (): MethodDecorator =>
  Describe({
    operationId: 'downloadBulkResults',
    summary: 'Download the results of a bulk job',
    description: 'All items as a table, also while the job runs; it is sent while it is read.',
    query: {
      dataClass: ResultsQuery,
      parameters: { status: { description: 'Only items in this state', example: 'FAILED' } },
    },
    ok: { description: 'A row for each item', mediaType: 'text/csv', schema: 'BulkResults', example: resultsExample },
    errors: ['REQUEST_INVALID', 'BULK_JOB_NOT_FOUND'],
  });

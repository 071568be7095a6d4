import { applyDecorators, HttpStatus } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import type { ErrorCode } from '#libs/errors';
import { Describe, schemaRef } from '../openapi/describe.js';
import { UploadQuery } from './bulk-queries.js';
import { csvExample, jobExample, jobId, ndjsonExample, startedExample, submissionExample } from './examples.js';

const errorsOfEveryWrite: ErrorCode[] = ['REQUEST_INVALID', 'REQUEST_ID_REUSED'];

const IdempotencyKey = (): MethodDecorator =>
  ApiHeader({
    name: 'Idempotency-Key',
    description: 'A repeat with the same key and the same request starts nothing, and gets the same answer',
    schema: { type: 'string', maxLength: 255 },
  });

export const DescribeSubmit = (): MethodDecorator =>
  applyDecorators(
    IdempotencyKey(),
    Describe({
      operationId: 'submitBulkJob',
      summary: 'Start a bulk job',
      description: `As JSON up to 512 KiB, all items or none. Or as a table of any length (text/csv in UTF-8 whose header names the
columns, or application/x-ndjson; both also with \`Content-Encoding: gzip\`): it is stored while it arrives, rows that are no items come back with line and reason, and the
job runs the others. One that breaks off starts nothing. A user runs one bulk of an action at a time.`,
      query: {
        dataClass: UploadQuery,
        parameters: {
          action: { description: 'Of a table: the command that each row becomes', example: 'ChangeSimStatus' },
          dryRun: { description: 'Of a table: `true` decides every item, and changes nothing' },
        },
      },
      body: { schema: 'BulkSubmission', example: submissionExample },
      uploads: {
        'text/csv': { schema: 'BulkTable', example: csvExample },
        'application/x-ndjson': { schema: 'BulkLines', example: ndjsonExample },
      },
      ok: {
        status: HttpStatus.ACCEPTED,
        description: 'Committed, and carried out from now on; Location is the job',
        schema: 'BulkJobStarted',
        example: startedExample,
      },
      errors: [
        ...errorsOfEveryWrite,
        'BULK_EMPTY',
        'BULK_ITEM_INVALID',
        'BULK_TOO_LARGE',
        'LOCKED',
        'REQUEST_TOO_LARGE',
        'UNSUPPORTED_MEDIA_TYPE',
      ],
    }),
  );

export const DescribeCancel = (): MethodDecorator =>
  applyDecorators(
    IdempotencyKey(),
    Describe({
      operationId: 'cancelBulkJob',
      summary: 'Cancel a bulk job',
      description: 'Items that have not been sent are CANCELLED; those in flight come to their own end.',
      ok: { description: 'The job, which sends no more items', schema: 'BulkJob', example: jobExample },
      more: [
        ApiResponse({
          status: HttpStatus.ACCEPTED,
          description: 'Committed, but not ended within the time to answer: see the operation',
          content: {
            'application/json': { schema: schemaRef('Accepted'), example: { operationId: jobId, status: 'ACCEPTED' } },
          },
        }),
      ],
      errors: [...errorsOfEveryWrite, 'BULK_JOB_NOT_FOUND', 'BULK_JOB_ENDED', 'OPERATION_TIMED_OUT'],
    }),
  );

export const DescribeRetry = (): MethodDecorator =>
  applyDecorators(
    IdempotencyKey(),
    Describe({
      operationId: 'retryFailedItems',
      summary: 'Run the failed items of a bulk job again',
      description: 'As a new job, once this one has ended.',
      ok: {
        status: HttpStatus.ACCEPTED,
        description: 'Committed; Location is the new job',
        schema: 'BulkJobRetried',
        example: { jobId },
      },
      errors: [...errorsOfEveryWrite, 'BULK_JOB_NOT_FOUND', 'BULK_JOB_NOT_ENDED', 'BULK_NO_FAILED_ITEMS', 'LOCKED'],
    }),
  );

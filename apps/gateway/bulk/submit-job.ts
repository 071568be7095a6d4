import type { FastifyRequest } from 'fastify';
import { SimyardError } from '#libs/errors';
import type { Origin } from '../http/origin.js';
import { readAs, readQuery } from '../http/read-request.js';
import { UploadQuery } from './bulk-queries.js';
import { startItems } from './submission.js';
import { BulkSubmission, toItems } from './submit-items.js';
import { isUtf8, uploadTypeOf, type UploadType } from './upload/media-types.js';
import { startUpload, type StartedJob, type UploadContext } from './upload/start-upload.js';

/** Injection token of SubmitJob. */
export const SUBMIT_JOB = Symbol('submit job');

/**
 * Starts a job of a request's items. JSON is taken whole and all items or none; an upload is stored while it arrives, and
 * its bad rows are told. Throws what Start throws.
 */
export type SubmitJob = (request: FastifyRequest, query: unknown, origin: Origin) => Promise<StartedJob>;

export function createSubmitJob(context: UploadContext): SubmitJob {
  return (request, query, origin) => {
    const type = uploadTypeOf(request);
    return type ? upload(context, type, request, query, origin) : submitBody(context, request.body, query, origin);
  };
}

async function upload(
  context: UploadContext,
  type: UploadType,
  request: FastifyRequest,
  query: unknown,
  origin: Origin,
): Promise<StartedJob> {
  if (!isUtf8(request)) throw new SimyardError('UNSUPPORTED_MEDIA_TYPE', { message: 'The charset must be UTF-8.' });
  const { action, dryRun } = readQuery(UploadQuery, query);
  return startUpload(context, { ...origin, action, dryRun: dryRun === 'true' }, type, request.raw);
}

async function submitBody(
  { start, maxItems }: UploadContext,
  body: unknown,
  query: unknown,
  origin: Origin,
): Promise<StartedJob> {
  refuseQuery(query);
  const submission = readAs(BulkSubmission, body);
  const items = toItems(submission, maxItems);
  const { action, dryRun } = submission;
  const jobId = await startItems(start, { ...origin, action, dryRun: dryRun ?? false }, items);
  return { jobId, accepted: items.length, rejected: 0, rejections: [] };
}

/** Who puts an upload's parameters beside a JSON body would else start a job that is no dry run. */
function refuseQuery(query: unknown): void {
  const problems = Object.keys(query ?? {}).map((field) => ({ field, problem: 'belongs into the JSON body' }));
  if (problems.length > 0) throw new SimyardError('REQUEST_INVALID', { details: { problems } });
}

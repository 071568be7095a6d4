import { HttpStatus } from '@nestjs/common';
import type { Answer } from '../http/answer.js';

const jobUrl = (jobId: string): string => `/admin/v1/bulk-jobs/${jobId}`;

/** A job that was started, and where to see how far it is. */
export const acceptedJob = (body: { jobId: string }): Answer => ({
  status: HttpStatus.ACCEPTED,
  headers: { location: jobUrl(body.jobId) },
  body,
});

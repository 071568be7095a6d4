import type { JobCounts, JobState } from '#libs/bulk';

/** A job as GET /admin/v1/bulk-jobs/{jobId} shows it; what it does not have is left out. */
export interface JobView extends JobCounts {
  jobId: string;
  action: string;
  state: JobState;
  /** of its operation */
  status: string;
  dryRun: boolean;
  retryOf?: string;
  accountId: string;
  actor: string;
  pending: number;
  createdAt: string;
  startedAt?: string;
  endedAt?: string;
}

/** An item of its report. */
export interface ItemView {
  ordinal: number;
  key: string;
  operationId: string;
  status: string;
  error?: { code: string; message: string };
  endedAt?: string;
}

export interface Rejection {
  line: number;
  reason: string;
}

/** What became of an upload. */
export interface Submission {
  jobId: string;
  accepted: number;
  rejected: number;
  /** the first thousand */
  rejections: Rejection[];
}

export const jobsPath = '/admin/v1/bulk-jobs';
export const jobPath = (jobId: string): string => `${jobsPath}/${jobId}`;

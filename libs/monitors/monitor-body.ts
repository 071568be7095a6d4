import { errorCodes } from '#libs/errors';
import type { OperationError, OperationStatus } from '#libs/operations';
import { monitorHref, productHref } from './links.js';
import type { Monitor, MonitorItem, PlatformAnswer } from './monitor.js';
import type { MonitorHeader, MonitorRequest } from './monitor-request.js';
import { refusalStatus } from './refusal-status.js';

export const monitorStates = ['IN_PROGRESS', 'DONE', 'FAILED'] as const;
export type MonitorState = (typeof monitorStates)[number];

/** A monitor as JSON. The order of the attributes is that of the seed's examples, which is part of the contract. */
export interface MonitorBody {
  id: string;
  href: string;
  sourceHref: string;
  state: MonitorState;
  request: MonitorRequest;
  response: MonitorResponse[];
  '@type': 'monitor';
  errors: MonitorError[];
  /** not of a batch */
  correlationId?: string;
}

/** What became of one product. */
export interface MonitorResponse {
  platform: string;
  productId: string;
  statusCode: number;
  /** left out where the change is done and there is nothing to say */
  message?: string;
  state: MonitorState;
  body: unknown;
  headers: MonitorHeader[];
}

export interface MonitorError extends OperationError {
  /** of the product of a batch that failed */
  productId?: string;
}

/** What an operation's status is called in monitors. */
export const monitorStateOf: Record<OperationStatus, MonitorState> = {
  ACCEPTED: 'IN_PROGRESS',
  IN_PROGRESS: 'IN_PROGRESS',
  COMPLETED: 'DONE',
  COMPLETED_WITH_ERRORS: 'FAILED',
  FAILED: 'FAILED',
  CANCELLED: 'FAILED',
  TIMED_OUT: 'FAILED',
};

/** Pure: the body of a monitor. `baseUrl` ends with the facade's version, see links. */
export function monitorBody(monitor: Monitor, baseUrl: string): MonitorBody {
  const { monitorId, tenantId, productId, isBatch, correlationId, request, status, items } = monitor;
  const href = monitorHref(baseUrl, tenantId, monitorId);
  return {
    id: monitorId,
    href,
    sourceHref: productId === null ? href : productHref(baseUrl, tenantId, productId),
    state: monitorStateOf[status],
    request,
    response: items.map(responseOf),
    '@type': 'monitor',
    errors: isBatch ? batchErrors(monitor) : errorsOf(monitor),
    ...(!isBatch && { correlationId }),
  };
}

/** Where no platform has answered, 200 as in the seed, and an empty answer; a failure has the status of its cause. */
function responseOf({ platform, productId, status, error, answer }: MonitorItem): MonitorResponse {
  const state = monitorStateOf[status];
  const { statusCode, message } = state === 'FAILED' ? failureOf({ status, error, answer }) : successOf(answer);
  return {
    ...{ platform, productId, statusCode },
    ...((state !== 'DONE' || message !== '') && { message }),
    state,
    body: bodyOf(answer),
    headers: Object.entries(answer?.headers ?? {}).map(([name, value]) => ({ name, value })),
  };
}

interface Told {
  statusCode: number;
  message: string;
}

const successOf = (answer: PlatformAnswer | undefined): Told => ({
  statusCode: answer?.statusCode ?? 200,
  message: answer?.message ?? '',
});

const firstRefusal = 400;

/** In the platform's words, where it has refused; it may have accepted what then did not come to an end. */
function failureOf({ status, error, answer }: Pick<MonitorItem, 'status' | 'error' | 'answer'>): Told {
  const cause = causeOf({ status, error });
  const { statusCode, message } = cause.details ?? {};
  if (typeof statusCode === 'number') {
    return { statusCode, message: typeof message === 'string' && message !== '' ? message : cause.message };
  }
  const refused = answer?.statusCode ?? 0;
  if (refused >= firstRefusal) return { statusCode: refused, message: answer?.message || cause.message };
  return { statusCode: refusalStatus(cause.code), message: cause.message };
}

function bodyOf(answer: PlatformAnswer | undefined): unknown {
  if (answer?.body === null || answer?.body === undefined) return {};
  try {
    return JSON.parse(answer.body);
  } catch {
    return answer.body;
  }
}

const codeOfStatus = {
  COMPLETED_WITH_ERRORS: 'BULK_ITEMS_FAILED',
  CANCELLED: 'OPERATION_CANCELLED',
  TIMED_OUT: 'OPERATION_TIMED_OUT',
} as const satisfies Partial<Record<OperationStatus, keyof typeof errorCodes>>;

/** Why it failed, also where no error is stored. */
function causeOf({ status, error }: Pick<MonitorItem, 'status' | 'error'>): OperationError {
  if (error) return error;
  const code = status in codeOfStatus ? codeOfStatus[status as keyof typeof codeOfStatus] : 'INTERNAL_ERROR';
  return { code, message: errorCodes[code].message };
}

const errorsOf = (failed: Pick<MonitorItem, 'status' | 'error'>): MonitorError[] =>
  monitorStateOf[failed.status] === 'FAILED' ? [causeOf(failed)] : [];

/** Once the batch has failed, how many products did; and each of them from the moment it does. */
function batchErrors(batch: Monitor): MonitorError[] {
  const failed = batch.items.flatMap((item) =>
    errorsOf(item).map(({ code, message }) => ({ code, message, productId: item.productId })),
  );
  const [whole] = errorsOf(batch);
  return whole ? [worded(whole, failed.length, batch.items.length), ...failed] : failed;
}

const worded = (error: MonitorError, failed: number, total: number): MonitorError =>
  error.code === 'BULK_ITEMS_FAILED' ? { ...error, message: `${failed} of ${total} products failed.` } : error;

import { errorCodes, isErrorCode, type ErrorCode } from '#libs/errors';
import { refusalStatus, type MonitorHeader } from '#libs/monitors';
import type { OperationError, OperationStatus } from '#libs/operations';
import { changedService, type ChangedService } from './changed-service.js';
import { serviceHref, serviceMonitorHref } from './links.js';
import type { ServiceMonitor, ServiceRequest } from './service-monitor.js';
import { serviceStateOf, type ServiceState } from './service-states.js';

export const serviceMonitorStates = ['InProgress', 'InError', 'Completed'] as const;
export type ServiceMonitorState = (typeof serviceMonitorStates)[number];

/** A monitor as TMF640 v4 has it: bodies and status codes are texts. */
export interface ServiceMonitorBody {
  id: string;
  href: string;
  sourceHref: string;
  state: ServiceMonitorState;
  request: { method: string; to: string; body?: string; header: MonitorHeader[] };
  /** once the operation has ended */
  response?: { statusCode: string; body?: string; header: MonitorHeader[] };
  '@type': 'Monitor';
}

const stateOf: Record<OperationStatus, ServiceMonitorState> = {
  ACCEPTED: 'InProgress',
  IN_PROGRESS: 'InProgress',
  COMPLETED: 'Completed',
  COMPLETED_WITH_ERRORS: 'InError',
  FAILED: 'InError',
  CANCELLED: 'InError',
  TIMED_OUT: 'InError',
};

/** The statuses of operations whose monitors have this state. */
export const statusesOfMonitors = (state: ServiceMonitorState): OperationStatus[] =>
  (Object.keys(stateOf) as OperationStatus[]).filter((status) => stateOf[status] === state);

/** Pure. `url` is where the facade is for who calls, see links. */
export function serviceMonitorBody(monitor: ServiceMonitor, url: string): ServiceMonitorBody {
  const { operationId, status } = monitor;
  const { method, to, body, headers } = monitor.request ?? requestLike(monitor, url);
  const hasBody = body !== null && body !== undefined;
  return {
    id: operationId,
    href: serviceMonitorHref(url, operationId),
    sourceHref: sourceOf(monitor, url),
    state: stateOf[status],
    request: { method, to, ...(hasBody && { body: JSON.stringify(body) }), header: headers },
    ...(stateOf[status] !== 'InProgress' && { response: responseOf(monitor, method, url) }),
    '@type': 'Monitor',
  };
}

/** What the operation changes: the service, or else where other facades show it. */
function sourceOf(
  { operationId, action, entityType, entityId, response, request }: ServiceMonitor,
  url: string,
): string {
  const id = changedService(response)?.id ?? (entityType === 'Subscriber' ? entityId : null);
  if (id !== null) return serviceHref(url, id);
  const { origin } = new URL(url);
  if (action === 'SubmitBulkJob') return `${origin}/admin/v1/bulk-jobs/${operationId}`;
  return request?.to ?? `${origin}/admin/v1/operations/${operationId}`;
}

/** What an operation of another facade would have been here. */
function requestLike(monitor: ServiceMonitor, url: string): ServiceRequest {
  const isNew = monitor.action === 'CreateSubscriber';
  const to = isNew ? `${url}/service` : sourceOf(monitor, url);
  return { method: isNew ? 'POST' : 'PATCH', to, body: monitor.data, headers: [] };
}

const jsonHeader: MonitorHeader = { name: 'content-type', value: 'application/json' };
const successes: Record<string, number> = { POST: 201, DELETE: 204 };
const ok = 200;

function responseOf(monitor: ServiceMonitor, method: string, url: string): NonNullable<ServiceMonitorBody['response']> {
  const { status, response } = monitor;
  if (status !== 'COMPLETED') {
    const { statusCode, body } = failureOf(monitor);
    return { statusCode, body: JSON.stringify(body), header: [jsonHeader] };
  }
  const changed = changedService(response);
  const statusCode = String(successes[method] ?? ok);
  if (!changed || method === 'DELETE') return { statusCode, header: [] };
  return { statusCode, body: JSON.stringify(changedServiceBody(changed, url)), header: [jsonHeader] };
}

export interface ChangedServiceBody {
  id: string;
  href: string;
  '@type': 'Service';
  state: ServiceState;
  relatedParty: { id: string; role: 'customer'; '@referredType': 'Organization' }[];
}

/** Pure: of a service, what an operation has made of it, whatever came later. */
export const changedServiceBody = ({ id, accountId, state }: ChangedService, url: string): ChangedServiceBody => ({
  ...{ id, href: serviceHref(url, id), '@type': 'Service', state: serviceStateOf[state] },
  relatedParty: [{ id: accountId, role: 'customer', '@referredType': 'Organization' }],
});

const codeOfStatus: Partial<Record<OperationStatus, ErrorCode>> = {
  COMPLETED_WITH_ERRORS: 'BULK_ITEMS_FAILED',
  CANCELLED: 'OPERATION_CANCELLED',
  TIMED_OUT: 'OPERATION_TIMED_OUT',
};

/** As TMF630 words an error. */
function failureOf({ status, error }: ServiceMonitor): { statusCode: string; body: object } {
  const { code, message } = error ?? stored(codeOfStatus[status] ?? 'INTERNAL_ERROR');
  const statusCode = String(refusalStatus(code));
  const reason = isErrorCode(code) ? errorCodes[code].message : message;
  return { statusCode, body: { code, reason, message, status: statusCode, '@type': 'Error' } };
}

const stored = (code: ErrorCode): OperationError => ({ code, message: errorCodes[code].message });

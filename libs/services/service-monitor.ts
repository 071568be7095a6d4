import type { MonitorRequest } from '#libs/monitors';
import type { OperationError, OperationStatus } from '#libs/operations';

/** An operation as callers of services see it, whichever facade started it. */
export interface ServiceMonitor {
  operationId: string;
  action: string;
  status: OperationStatus;
  error: OperationError | null;
  /** the entity that it changes, once that is known */
  entityType: string | null;
  entityId: string | null;
  /** of its command */
  data: unknown;
  /** its answer, a business transaction */
  response: unknown;
  /** null where it was started by a facade that keeps no requests for this */
  request: ServiceRequest | null;
}

/** A request as its monitor tells it. `to` is the whole URL. */
export interface ServiceRequest extends MonitorRequest {
  to: string;
}

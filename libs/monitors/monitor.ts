import type { OperationError, OperationStatus } from '#libs/operations';
import type { MonitorRequest } from './monitor-request.js';

/** What a platform answered last, or what stands for it where none came. */
export interface PlatformAnswer {
  statusCode: number | null;
  message: string | null;
  /** as it came, cut where it was long */
  body: string | null;
  headers: Record<string, string> | null;
}

/** An operation as callers of the CMO facade see it, whichever facade started it. */
export interface Monitor {
  /** the operation's id where the operation was not started by CMO */
  monitorId: string;
  tenantId: string;
  operationId: string;
  correlationId: string;
  /** what the request was sent to; null for a batch */
  productId: string | null;
  isBatch: boolean;
  request: MonitorRequest;
  status: OperationStatus;
  error: OperationError | null;
  /** one of a single change, one for each product of a batch in its order */
  items: MonitorItem[];
}

/** How far one product is. */
export interface MonitorItem {
  productId: string;
  platform: string;
  status: OperationStatus;
  error: OperationError | null;
  /** undefined where no platform was asked, or none has answered yet */
  answer?: PlatformAnswer | undefined;
}

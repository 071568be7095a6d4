import { HttpStatus } from '@nestjs/common';
import { SimyardError } from '#libs/errors';
import type { Service } from '#libs/inventory';
import type { OperationAnswer } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import {
  changedService,
  changedStart,
  readServiceMonitor,
  serviceHref,
  serviceMonitorBody,
  serviceMonitorHref,
} from '#libs/services';
import type { Submitted } from '../commands/submit.js';
import type { Answer } from '../http/answer.js';
import type { Caller } from '../http/read-request.js';
import { findService } from './find-service.js';
import { tmf640ErrorAnswer } from './render-tmf640-error.js';
import { serviceBody } from './service-body.js';

/** How a request is answered that has done what it asked for. */
export type Done = (service: Service, url: string) => Answer;

export const created: Done = (service, url) => ({
  status: HttpStatus.CREATED,
  headers: { location: serviceHref(url, service.subscriberId) },
  body: serviceBody(service, url),
});
export const changed: Done = (service, url) => ({ status: HttpStatus.OK, body: serviceBody(service, url) });
export const deleted: Done = () => ({ status: HttpStatus.NO_CONTENT, body: undefined });

/** Who asked, and where the facade is for him. */
export interface Asking {
  caller: Caller;
  url: string;
}

/** Answers for an operation: as `done` says, by its error with its monitor in Link, or 202 with the monitor while it is open. */
export async function answerFor(
  tx: Tx,
  { caller, url }: Asking,
  submitted: Submitted,
  { done, serviceId }: { done: Done; serviceId?: string },
): Promise<Answer> {
  if (!submitted.ended) return monitorAnswer(tx, { caller, url }, submitted.operationId);
  const { answer } = submitted;
  if (answer.status !== 'COMPLETED') return failedAnswer(answer, url);
  const id = serviceId ?? changedService(answer.response)?.id ?? '';
  return done(serviceAfter(await findService(tx, caller.client, id), answer.response), url);
}

/** Pure: a service with the state that the operation gave it, whatever came later. */
function serviceAfter(service: Service, response: unknown): Service {
  const firstActivatedAt = changedStart(response);
  return {
    ...service,
    state: changedService(response)?.state ?? service.state,
    ...(firstActivatedAt !== undefined && { firstActivatedAt }),
  };
}

async function monitorAnswer(tx: Tx, { caller, url }: Asking, operationId: string): Promise<Answer> {
  const monitor = await readServiceMonitor(tx, caller.client.accountId, operationId);
  if (!monitor) throw new SimyardError('MONITOR_NOT_FOUND');
  return {
    status: HttpStatus.ACCEPTED,
    headers: { location: serviceMonitorHref(url, operationId) },
    body: serviceMonitorBody(monitor, url),
  };
}

function failedAnswer({ operationId, status, error, correlationId }: OperationAnswer, url: string): Answer {
  const cause = error ?? { code: 'INTERNAL_ERROR', message: `The operation ended as ${status}.` };
  const answer = tmf640ErrorAnswer(cause, correlationId);
  const link = `<${serviceMonitorHref(url, operationId)}>; rel="related"; title="monitor"`;
  return { ...answer, headers: { link, ...answer.headers } };
}

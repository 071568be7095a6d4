import type { IncomingHttpHeaders } from 'node:http';
import { eventTypesOf, stageCallback } from '#libs/callbacks';
import type { CommandData } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import { describeService, type Service } from '#libs/inventory';
import { monitorRequest } from '#libs/monitors';
import { readKeyHolder, requestFingerprint, requestScope } from '#libs/operations';
import type { Database } from '#libs/postgres';
import { newId } from '#libs/runtime';
import { serviceHref, stageServiceMonitor } from '#libs/services';
import type { Stage, Write } from '../commands/plan-admission.js';
import type { Start } from '../commands/start.js';
import type { Follow } from '../commands/submit.js';
import type { Answer } from '../http/answer.js';
import type { Origin } from '../http/origin.js';
import { answerFor, created, type Done } from './answer-service.js';
import { findService } from './find-service.js';
import { readNewService } from './read-new-service.js';
import type { ServiceChange } from './read-service-patch.js';
import { serviceBody, type ServiceBody } from './service-body.js';

/** Injection token of Services. */
export const SERVICES = Symbol('services');

/** A write of the facade, as it came. */
export interface ServiceRequest extends Origin {
  body: unknown;
  headers: IncomingHttpHeaders;
  /** where the facade is for who calls */
  url: string;
}

export interface ChangeRequest extends ServiceRequest {
  method: 'PATCH' | 'DELETE';
  serviceId: string;
  /** reads what is asked for; throws */
  read: (service: ServiceBody) => ServiceChange;
  done: Done;
}

/**
 * Writes of services. A repeat of a request by its key is answered by the operation of the first. Each throws what Start
 * throws, and for what is not valid REQUEST_INVALID or JSON_PATCH_INVALID.
 */
export interface Services {
  create(request: ServiceRequest): Promise<Answer>;
  /** Changes a service's state by an operation; what is said of it alone at once. Throws SUBSCRIBER_NOT_FOUND. */
  change(request: ChangeRequest): Promise<Answer>;
}

export interface ServicesParts {
  database: Database;
  start: Start;
  follow: Follow;
}

export function createServices(parts: ServicesParts): Services {
  const { database, start, follow } = parts;
  return {
    create: async (request) => {
      const { operationId } = await start(newServiceWrite(request, newId()));
      return answerFor(database, request, await follow(operationId), { done: created });
    },
    change: async (request) => {
      const { serviceId, done, url, caller } = request;
      const answer = async (operationId: string): Promise<Answer> =>
        answerFor(database, request, await follow(operationId), { done, serviceId });
      const repeated = await findRepeated(database, request);
      if (repeated !== undefined) return answer(repeated);
      const service = await findService(database, caller.client, serviceId);
      const { state, attributes } = request.read(serviceBody(service, url));
      if (state !== undefined) {
        return answer((await start(changeWrite(request, service, { state, attributes }))).operationId);
      }
      if (Object.keys(attributes).length > 0) await describeService(database, service, attributes);
      return done({ ...service, attributes: described(service.attributes, attributes) }, url);
    },
  };
}

const described = (before: Service['attributes'], changes: ServiceChange['attributes']): Service['attributes'] =>
  Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null));

const scopeOf = ({ caller }: Origin): string => requestScope.facade('tmf640', caller.client.clientId);

/** What a change asks for depends on what the service is: a repeat is known by the request itself. */
const fingerprintOf = ({ method, serviceId, body }: ChangeRequest): string =>
  requestFingerprint(`${method} service`, { serviceId, body: JSON.stringify(body ?? null) });

/** The operation of the request that this one repeats. Throws REQUEST_ID_REUSED. */
async function findRepeated(database: Database, request: ChangeRequest): Promise<string | undefined> {
  const { key, caller } = request;
  if (key === undefined) return undefined;
  const holder = await readKeyHolder(database, { tenantId: caller.client.tenantId, scope: scopeOf(request), key });
  if (holder && holder.fingerprint !== fingerprintOf(request)) throw new SimyardError('REQUEST_ID_REUSED');
  return holder?.operationId;
}

/** The subscriber's own name is the operation's id: its service is known by the id that Simyard gives it. */
function newServiceWrite(request: ServiceRequest, operationId: string): Write {
  const { caller, key, body, url } = request;
  const { subscriber, attributes } = readNewService(body);
  const { tenantId, accountId } = caller.client;
  const data: CommandData<'CreateSubscriber'> = {
    ...{ accountId, ...subscriber },
    ...{ externalId: operationId, requestId: key ?? operationId },
  };
  return {
    ...{ facade: 'tmf640', name: 'CreateSubscriber', data, caller, key, operationId, scope: scopeOf(request) },
    fingerprint: requestFingerprint('POST service', { body: JSON.stringify(body) }),
    orderKey: operationId,
    stage: async (tx, id) => {
      await describeService(tx, { tenantId, externalId: operationId }, attributes);
      await stageFor(request, 'POST', `${url}/service`)(tx, id);
    },
  };
}

function changeWrite(request: ChangeRequest, service: Service, { state, attributes }: ServiceChange): Write {
  const { caller, key, method, url } = request;
  const operationId = newId();
  const { subscriberId } = service;
  const data: CommandData<'ChangeSubscriberStatus'> = {
    ...{ requestId: key ?? operationId, subscriber: { refId: subscriberId } },
    ...(state !== undefined && { state }),
  };
  return {
    ...{ facade: 'tmf640', name: 'ChangeSubscriberStatus', data, caller, key, operationId, scope: scopeOf(request) },
    ...{ fingerprint: fingerprintOf(request), orderKey: subscriberId, entityRequired: true },
    stage: async (tx, id) => {
      if (Object.keys(attributes).length > 0) await describeService(tx, service, attributes);
      await stageFor(request, method, serviceHref(url, subscriberId))(tx, id);
    },
  };
}

/** Keeps the request for its monitor, and what its client is to be told. */
function stageFor({ caller, body, headers, url }: ServiceRequest, method: string, to: string): Stage {
  const { tenantId, accountId, clientId } = caller.client;
  const toTell = { facadeUrl: url, facade: 'tmf640', eventTypes: eventTypesOf.tmf640 } as const;
  const request = { ...monitorRequest(method, body ?? null, headers), to };
  return async (tx, operationId) => {
    await stageServiceMonitor(tx, { operationId, tenantId, accountId, request });
    await stageCallback(tx, { operationId, tenantId, accountId, clientId, ...toTell });
  };
}

import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ApiClient } from '#libs/access';
import { validateData } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import { textProblem } from './request-bodies.js';

/** Who calls, and what follows his request through the system. */
export interface Caller {
  client: ApiClient;
  correlationId: string;
  /** W3C trace context, when it is well-formed */
  traceparent?: string;
}

const traceparentPattern = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Parameter of a route handler: the Caller. */
export const CallerOf = createParamDecorator((_: unknown, context: ExecutionContext): Caller =>
  readCaller(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** Who calls, on a route that the guard has let pass. */
export function readCaller({ client, correlationId, headers }: FastifyRequest): Caller {
  if (!client) throw new SimyardError('UNAUTHENTICATED');
  const { traceparent } = headers;
  const isTraced = typeof traceparent === 'string' && traceparentPattern.test(traceparent);
  return { client, correlationId, ...(isTraced && { traceparent }) };
}

/** A body or query as an instance of its class; throws REQUEST_INVALID that names each wrong field. */
export function readAs<T extends object>(dataClass: new () => T, plain: unknown): T {
  const { data, problems } = validateData(dataClass, plain ?? null, { unknownProperties: 'refuse' });
  if (data === undefined) throw new SimyardError('REQUEST_INVALID', { details: { problems } });
  return data;
}

/** The same for a query string, whose texts no body parser has checked. */
export function readQuery<T extends object>(dataClass: new () => T, query: unknown): T {
  expectStorable(query, 2);
  return readAs(dataClass, query);
}

/** No body parser has seen what came in a path or query; throws REQUEST_INVALID for texts that Postgres cannot hold. */
export function expectStorable(value: unknown, deepest = 1): void {
  const problem = textProblem(value, deepest);
  if (problem !== undefined) throw new SimyardError('REQUEST_INVALID', { message: problem });
}

/** A request that has no body may come without one, or with an empty one. */
export function expectNoBody(body: unknown): void {
  if (body === undefined || body === null || isEmpty(body)) return;
  throw new SimyardError('REQUEST_INVALID', { message: 'This request has no body.' });
}

export const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;

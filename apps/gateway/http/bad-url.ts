import type { FastifyReply, FastifyRequest } from 'fastify';
import { SimyardError } from '#libs/errors';
import { correlationIdOf } from './correlation.js';
import { renderError } from './error.filter.js';

/** Answers a URL that the router refuses; no hook has run, and Fastify's own answer would repeat the URL. */
export function refuseBadUrl(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const correlationId = correlationIdOf(request);
  const refusal = new SimyardError('REQUEST_INVALID', { message: 'The URL is not valid.', cause: error });
  const { status, body } = renderError(refusal, correlationId);
  void reply.status(status).header('x-correlation-id', correlationId).send(body);
}

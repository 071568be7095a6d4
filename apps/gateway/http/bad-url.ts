import type { FastifyReply, FastifyRequest } from 'fastify';
import { SimyardError } from '#libs/errors';
import { correlationIdOf } from './correlation.js';
import { shapeOf, type ErrorShapes } from './error.filter.js';

type RefuseBadUrl = (error: Error, request: FastifyRequest, reply: FastifyReply) => void;

/** Answers a URL that the router refuses; no hook has run, and Fastify's own answer would repeat the URL. */
export const refuseBadUrl =
  (shapes: ErrorShapes): RefuseBadUrl =>
  (error, request, reply) => {
    const correlationId = correlationIdOf(request);
    const refusal = new SimyardError('REQUEST_INVALID', { message: 'The URL is not valid.', cause: error });
    const { status, body } = shapeOf(shapes, request.url)(refusal, correlationId, request.method);
    void reply.status(status).header('x-correlation-id', correlationId).send(body);
  };

import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** the caller's X-Correlation-ID, or one made here */
    correlationId: string;
  }
}

/** What may stand in a header, a log and a Kafka header. */
const usable = /^[\x21-\x7e]{1,255}$/;

/** Gives every request a correlation id and echoes it; an unusable one is replaced. */
export function correlate(server: FastifyInstance): void {
  server.decorateRequest('correlationId', '');
  server.addHook('onRequest', (request, reply, done) => {
    request.correlationId = correlationIdOf(request);
    reply.header('x-correlation-id', request.correlationId);
    done();
  });
}

/** The caller's id, or a new one when it is missing or unusable. */
export function correlationIdOf({ headers }: FastifyRequest): string {
  const given = headers['x-correlation-id'];
  return typeof given === 'string' && usable.test(given) ? given : randomUUID();
}

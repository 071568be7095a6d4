import type { FastifyInstance } from 'fastify';
import { SimyardError } from '#libs/errors';
import type { Health } from '#libs/runtime';
import { isProbe } from './request-log.js';

/**
 * Requests come while the service ends, by connections that are kept open and, until the listener closes, by new ones: they
 * are told to go elsewhere.
 */
export function refuseWhileDraining(server: FastifyInstance, health: Health): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (!health.draining || isProbe(request.routeOptions.url)) {
      done();
      return;
    }
    reply.header('connection', 'close');
    done(new SimyardError('DRAINING'));
  });
}

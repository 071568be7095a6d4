import type { FastifyInstance } from 'fastify';
import { Histogram, type Logger } from '#libs/runtime';

const duration = new Histogram({
  name: 'simyard_http_request_seconds',
  help: 'Time from a request to the end of its response',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10],
});

const probes: ReadonlySet<string | undefined> = new Set(['/livez', '/readyz', '/metrics']);

export const isProbe = (route: string | undefined): boolean => probes.has(route);

/** One line and one observation per request, by the route's template: the URL itself may hold identifiers of people. */
export function logRequests(server: FastifyInstance, log: Logger): void {
  server.addHook('onResponse', (request, reply, done) => {
    const { method, correlationId } = request;
    const route = request.routeOptions.url ?? '(none)';
    const status = reply.statusCode;
    const durationMs = Math.round(reply.elapsedTime * 10) / 10;
    duration.observe({ method, route, status }, reply.elapsedTime / 1000);
    const level = isProbe(route) ? 'debug' : 'info';
    log[level]({ correlationId, clientId: request.client?.clientId, method, route, status, durationMs }, 'request');
    done();
  });
}

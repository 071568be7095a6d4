import { afterAll, describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { correlate } from './correlation.js';
import { logRequests } from './request-log.js';

const lines: Record<string, unknown>[] = [];
const sink = new Writable({
  write(chunk: Buffer, _encoding, done) {
    lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
    done();
  },
});
const server = fastify();
correlate(server);
logRequests(server, pino(sink));
server.get('/subscriber/:msisdn', (request) => {
  request.client = { clientId: 'c-1', username: 'u', tenantId: 'T', accountId: 'T', businessIds: [], scopes: [] };
  return {};
});

afterAll(() => server.close());

describe('the line of a request', () => {
  it('has the route, not the URL with its identifiers', async () => {
    await server.inject({
      url: '/subscriber/18685550101?email=a@example.com',
      headers: { 'x-correlation-id': 'corr-1' },
    });
    await server.inject({ url: '/18685550101' });
    expect(lines).toMatchObject([
      {
        msg: 'request',
        correlationId: 'corr-1',
        clientId: 'c-1',
        method: 'GET',
        route: '/subscriber/:msisdn',
        status: 200,
      },
      { msg: 'request', method: 'GET', route: '(none)', status: 404 },
    ]);
    expect(lines.every(({ durationMs }) => typeof durationMs === 'number')).toBe(true);
    expect(JSON.stringify(lines)).not.toMatch(/18685550101|example/);
  });
});

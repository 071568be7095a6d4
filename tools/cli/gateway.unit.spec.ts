import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { openGateway, type Gateway } from './gateway.js';

const failure = (reason: string, message: unknown) => expect.objectContaining({ reason, message });

/** Answers as gateways, and the proxies before them, do. */
const answers: Record<string, RequestListener> = {
  '/echo': (request, response) => {
    void text(request).then((body) => {
      const { method, url } = request;
      const { client_id, client_secret, 'content-type': type } = request.headers;
      response.end(JSON.stringify({ method, url, client_id, client_secret, type, body }));
    });
  },
  '/locked': (_, response) => {
    const error = { code: 'LOCKED', message: 'Wait.', details: { operationId: 'o-1' }, correlationId: 'c' };
    response.writeHead(409).end(JSON.stringify({ error }));
  },
  '/wrong': (_, response) => {
    const problems = [
      { field: 'limit', problem: 'limit must be a number' },
      { field: 'x', problem: 'is not known' },
    ];
    response
      .writeHead(400)
      .end(JSON.stringify({ error: { code: 'REQUEST_INVALID', message: 'No.', details: { problems } } }));
  },
  '/away': (_, response) => response.writeHead(502).end('<html>Bad gateway</html>'),
  '/fault': (_, response) => response.writeHead(500).end('{}'),
  '/hangs-up': (request) => request.socket.destroy(),
  '/silent': () => undefined,
  '/empty': (_, response) => response.writeHead(204).end(),
};

describe('a call of the gateway', () => {
  let server: Server;
  let gateway: Gateway;
  let url: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      answers[new URL(request.url ?? '', 'http://x').pathname]?.(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    gateway = openGateway({ url: `${url}/`, clientId: 'me', clientSecret: 'secret' });
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  it('carries credentials, query and body, and reads the answer', async () => {
    const payload = { content: Readable.from(['a,b\n', '1,2\n']), contentType: 'text/csv' };
    expect(await gateway.call('POST', '/echo', { query: { a: 'x y', b: undefined, c: true }, payload })).toEqual({
      ...{ method: 'POST', url: '/echo?a=x+y&c=true', client_id: 'me', client_secret: 'secret' },
      ...{ type: 'text/csv', body: 'a,b\n1,2\n' },
    });
    expect(await gateway.call('DELETE', '/empty')).toBeUndefined();
    expect(await text(await gateway.download('/echo'))).toContain('"method":"GET"');
  });

  it.each([
    ['/locked', 'refused', 'LOCKED: Wait. (operationId o-1)'],
    ['/wrong', 'refused', 'REQUEST_INVALID: No. (limit must be a number; x: is not known)'],
    ['/away', 'unreachable', 'HTTP_502: GET /away was answered so.'],
    ['/fault', 'fault', 'HTTP_500: GET /fault was answered so.'],
    ['/hangs-up', 'unreachable', expect.stringContaining('socket hang up')],
  ])('to %s ends as %s', async (path, reason, message) => {
    await expect(gateway.call('GET', path)).rejects.toEqual(failure(reason, message));
    await expect(gateway.download(path)).rejects.toEqual(failure(reason, message));
  });

  it('that nobody answers says so', async () => {
    const nowhere = openGateway({ url: 'http://127.0.0.1:1', clientId: 'a', clientSecret: 'b' });
    const message = expect.stringMatching(/^GATEWAY_UNREACHABLE: http:\/\/127.0.0.1:1 does not answer/);
    await expect(nowhere.call('GET', '/')).rejects.toEqual(failure('unreachable', message));
  });

  it('gets a refusal that comes before the end of a long upload, and stops that', async () => {
    let chunks = 0;
    const content = new Readable({
      read() {
        this.push(chunks++ < 10_000 ? Buffer.alloc(64 * 1024, 'x') : null);
      },
    });
    const upload = gateway.call('POST', '/locked', { payload: { content, contentType: 'text/csv' } });
    await expect(upload).rejects.toMatchObject({ reason: 'refused' });
    await finished(content).catch(() => undefined);
    expect(chunks).toBeLessThan(10_000);
  });

  it('fails when what it uploads cannot be read to its end', async () => {
    const content = Readable.from(failingRows());
    await expect(gateway.call('POST', '/echo', { payload: { content, contentType: 'text/csv' } })).rejects.toThrow(
      'the disk is gone',
    );
  });

  it('ends with the reason of its signal', async () => {
    const stop = new AbortController();
    const call = gateway.call('GET', '/silent', { signal: stop.signal });
    stop.abort(new Error('stopped'));
    await expect(call).rejects.toThrow('stopped');
  });
});

function* failingRows(): Generator<string> {
  yield 'a,b\n';
  throw new Error('the disk is gone');
}

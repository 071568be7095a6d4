import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Receiver {
  /** http://127.0.0.1:port/ */
  url: string;
  requests: { url: string; headers: IncomingHttpHeaders; body: string }[];
  connections: number;
  /** for the next requests, in their order: a status, or what happens in place of an answer; 204 when there are no more */
  answers: (number | 'reset' | 'hang')[];
  close(): Promise<void>;
}

/** What a caller runs at his callback URL. */
export async function startReceiver(): Promise<Receiver> {
  const receiver: Receiver = {
    ...{ url: '', requests: [], connections: 0, answers: [] },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      receiver.requests.push({ url: request.url ?? '', headers: request.headers, body });
      reply(response, receiver.answers.shift() ?? 204);
    });
  });
  server.on('connection', () => (receiver.connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return receiver;
}

function reply(response: ServerResponse, answer: number | 'reset' | 'hang'): void {
  if (answer === 'reset') response.destroy();
  else if (answer !== 'hang') response.writeHead(answer, { location: '/elsewhere' }).end('{"private":"answer"}');
}

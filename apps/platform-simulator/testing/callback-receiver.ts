import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { AcceptedRequest } from '#libs/platforms';

export interface ReceivedCallback {
  headers: IncomingHttpHeaders;
  raw: string;
  body: AcceptedRequest;
}

/** An HTTP server that takes callbacks, as the gateway will. */
export interface CallbackReceiver {
  readonly url: string;
  readonly received: ReceivedCallback[];
  /** answers to the next callbacks; then 204 */
  answers: number[];
  /** how many of a SIM's, and in which states */
  statesOf(iccid: string): string[];
  close(): Promise<void>;
}

export async function startReceiver(): Promise<CallbackReceiver> {
  const received: ReceivedCallback[] = [];
  const server = createServer((request, response) => {
    void text(request).then((raw) => {
      // What the simulator sends is what the tests look at.
      received.push({ headers: request.headers, raw, body: JSON.parse(raw) as AcceptedRequest });
      response.writeHead(receiver.answers.shift() ?? 204).end();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  // An address in full, as the server listens on TCP.
  const { port } = server.address() as AddressInfo;
  const receiver: CallbackReceiver = {
    url: `http://127.0.0.1:${port}/callbacks`,
    received,
    answers: [],
    statesOf: (iccid) => received.filter(({ body }) => body.iccid === iccid).map(({ body }) => body.state),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

import { connect } from 'node:net';

/** Metadata request, version 4, for no topic at all: header (key, version, correlation, client), then the body. */
const metadataRequest = (() => {
  const body = Buffer.from([0, 3, 0, 4, 0, 0, 0, 1, 0xff, 0xff, 0, 0, 0, 0, 0]);
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
})();

/** Offset of the number of brokers in the response: after size, correlation and throttle time. */
const brokerCountAt = 12;

/**
 * Whether the broker serves clients. An open port is not enough: a KRaft broker listens before its controller admits it, and
 * until then it names no broker and refuses to create topics.
 */
export function kafkaAnswers(host: string, port: number, timeoutMs = 2_000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let received = Buffer.alloc(0);
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
    socket.once('connect', () => socket.write(metadataRequest));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length >= brokerCountAt + 4) finish(received.readInt32BE(brokerCountAt) > 0);
    });
  });
}

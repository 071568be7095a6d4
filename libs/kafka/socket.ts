import { connect, isIP, type Socket } from 'node:net';
import { connect as connectByTls, type ConnectionOptions } from 'node:tls';

export interface SocketOptions {
  host: string;
  port: number;
  /** kafkajs gives undefined for a plain connection */
  ssl?: ConnectionOptions;
  onConnect: () => void;
}

const keepAliveMs = 60_000;

/**
 * Sockets as kafkajs makes them, but without Nagle's algorithm, as Kafka's own clients: the end of a large request would wait
 * for the acknowledgement of its beginning.
 */
export function connectSocket({ host, port, ssl, onConnect }: SocketOptions): Socket {
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const socket = ssl
    ? connectByTls({ host, port, ...servername, ...ssl }, onConnect)
    : connect({ host, port }, onConnect);
  return socket.setKeepAlive(true, keepAliveMs).setNoDelay(true);
}

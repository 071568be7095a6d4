import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that a spec can cut and mend. */
export interface Proxy {
  readonly port: number;
  /** ends every connection and refuses new ones */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function startProxy(target: { host: string; port: number }): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let open = true;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  };
  const server = createServer((inbound) => {
    keep(inbound);
    if (!open) {
      inbound.destroy();
      return;
    }
    const outbound = connect(target.port, target.host);
    keep(outbound);
    inbound.pipe(outbound).pipe(inbound);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endAll = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      open = false;
      endAll();
    },
    mend: () => {
      open = true;
    },
    close: async () => {
      endAll();
      server.close();
      await once(server, 'close');
    },
  };
}

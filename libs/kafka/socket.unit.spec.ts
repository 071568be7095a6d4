import { afterEach, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer, Socket, type AddressInfo } from 'node:net';
import { connectSocket } from './socket.js';

afterEach(() => {
  jest.restoreAllMocks();
});

it('sends what is written at once, and keeps its connection alive', async () => {
  const noDelay = jest.spyOn(Socket.prototype, 'setNoDelay');
  const keepAlive = jest.spyOn(Socket.prototype, 'setKeepAlive');
  const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  let socket: Socket | undefined;
  await new Promise<void>((onConnect) => {
    socket = connectSocket({ host: '127.0.0.1', port, onConnect });
  });
  expect(noDelay).toHaveBeenCalledWith(true);
  expect(keepAlive).toHaveBeenCalledWith(true, 60_000);
  socket?.write('bytes');
  const [answer] = (await once(socket!, 'data')) as [Buffer];
  expect(answer.toString()).toBe('bytes');
  socket?.destroy();
  server.close();
  await once(server, 'close');
});

import type { FastifyReply } from 'fastify';
import type { Socket } from 'node:net';
import type { World } from '../world/world.js';
import type { Ending } from './answer.js';

/** Answers, closes the connection, or keeps it open without a word, until the client or the world ends. */
export async function sendEnding(reply: FastifyReply, ending: Ending, world: World): Promise<void> {
  if (typeof ending === 'object') {
    const { status, headers = {}, body } = ending;
    await reply.status(status).headers(headers).type('application/json').send(body);
    return;
  }
  const { socket } = reply.request.raw;
  reply.hijack();
  if (ending === 'reset') socket.resetAndDestroy();
  else if (world.timers.ended) socket.destroy();
  else hold(socket, world);
}

function hold(socket: Socket, { held }: World): void {
  held.add(socket);
  socket.once('close', () => held.delete(socket));
}

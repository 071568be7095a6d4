import type { FastifyReply } from 'fastify';

/** What a request is answered with. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body: unknown;
}

export async function sendAnswer(reply: FastifyReply, { status, headers = {}, body }: Answer): Promise<void> {
  await reply.status(status).headers(headers).send(body);
}

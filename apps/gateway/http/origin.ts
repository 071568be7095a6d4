import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { SimyardError } from '#libs/errors';
import { readCaller, type Caller } from './read-request.js';

/** Who asks for a write, and his Idempotency-Key, by which a repeat is known. */
export interface Origin {
  caller: Caller;
  key: string | undefined;
}

/** Parameter of a route handler of a write whose body has no requestId: its Origin. */
export const OriginOf = createParamDecorator((_: unknown, context: ExecutionContext): Origin => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return { caller: readCaller(request), key: readKey(request) };
});

/** Printable ASCII. */
const usable = /^[\x20-\x7e]{1,255}$/;

function readKey({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && usable.test(key)) return key;
  throw new SimyardError('REQUEST_INVALID', { message: 'Idempotency-Key must be 1 to 255 printable characters.' });
}

import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { SimyardError } from '#libs/errors';
import type { TakePoint } from '#libs/postgres';
import { readCaller } from '../http/read-request.js';
import { HYBRIS_RATE } from './settings.js';

/** Lets a client's requests pass up to its rate, which all gateways count together; throws TOO_MANY_REQUESTS. */
@Injectable()
export class RateGuard implements CanActivate {
  constructor(@Inject(HYBRIS_RATE) private readonly take: TakePoint) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { client } = readCaller(context.switchToHttp().getRequest<FastifyRequest>());
    const waitMs = await this.take(client.clientId);
    if (waitMs === undefined) return true;
    throw new SimyardError('TOO_MANY_REQUESTS', { details: { retryAfterS: Math.max(1, Math.ceil(waitMs / 1000)) } });
  }
}

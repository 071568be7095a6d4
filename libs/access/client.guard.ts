import { createParamDecorator, Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import type { Provider } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { SimyardError } from '#libs/errors';
import type { Tx } from '#libs/postgres';
import { OPEN_ROUTE } from '#libs/runtime';
import type { ApiClient } from './api-client.js';
import { createAuthenticator, type Authenticator } from './authenticator.js';

/** Injection token of the service's Authenticator. */
export const AUTHENTICATOR = Symbol('authenticator');

declare module 'fastify' {
  interface FastifyRequest {
    /** set by ClientGuard on every route that is not open */
    client?: ApiClient;
  }
}

/** Lets a request pass that carries valid credentials and attaches its client; throws UNAUTHENTICATED. */
@Injectable()
export class ClientGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(AUTHENTICATOR) private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // A service's Kafka handlers pass its global guards too; their actor is checked when the batch is run.
    if (context.getType() !== 'http') return true;
    if (this.reflector.getAllAndOverride<boolean>(OPEN_ROUTE, [context.getHandler(), context.getClass()])) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    request.client = await this.authenticator.authenticate(request.headers);
    return true;
  }
}

/** Parameter of a route handler: the client that calls. */
export const CurrentClient = createParamDecorator((_: unknown, context: ExecutionContext): ApiClient => {
  const { client } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!client) throw new SimyardError('UNAUTHENTICATED');
  return client;
});

/** What a service needs so that every route but the open ones asks for credentials. */
export const accessProviders = (database: Tx, pepper: string): Provider[] => [
  { provide: AUTHENTICATOR, useValue: createAuthenticator(database, pepper) },
  { provide: APP_GUARD, useClass: ClientGuard },
];

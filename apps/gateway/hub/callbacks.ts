import { createParamDecorator, type ExecutionContext, type Provider } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import {
  checkCallbackUrl,
  createUrlGuard,
  hasClientSecret,
  refusedUrl,
  resolveByDns,
  stageCallback,
  subscribe,
  type CallbackFacade,
  type Resolve,
  type Subscription,
  type UrlGuard,
} from '#libs/callbacks';
import type { Config } from '#libs/config';
import type { Database } from '#libs/postgres';
import type { Stage } from '../commands/plan-admission.js';
import type { Caller } from '../http/read-request.js';
import { cmoUrlOf } from '../cmo/cmo-url.js';

/** Injection token of Callbacks. */
export const CALLBACKS = Symbol('callbacks');

const header = 'X-Callback-Url';

/** Where a request wants its end to be told, beside the URLs that its client has subscribed. */
export interface CallbackWish {
  /** where the facade is for who calls */
  facadeUrl: string;
  /** the header as it came */
  url: string | undefined;
}

/** Parameter of a route handler of a write: its CallbackWish. */
export const CallbackOf = createParamDecorator((_: unknown, context: ExecutionContext): CallbackWish => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const url = request.headers[header.toLowerCase()];
  return { facadeUrl: cmoUrlOf(request), url: Array.isArray(url) ? url.join() : url };
});

/** Tells OpenAPI of the header, on a route that takes it; the route may answer CALLBACK_URL_REFUSED, too. */
export const DescribeCallbackUrl = ApiHeader({
  name: header,
  description:
    'Public https URL that is told of the end, signed with the secret of `client callback-secret`; URLs of `POST /hub` are told anyway',
  required: false,
  schema: { type: 'string', format: 'uri', maxLength: 2048 },
});

export interface Callbacks {
  /**
   * What a write stages so that its caller is told of its end; nothing is stored before. Throws CALLBACK_URL_REFUSED for
   * the URL of the request, and when the client has no secret to sign for it.
   */
  stageFor(caller: Caller, wish: CallbackWish): Promise<Stage>;
  /** Subscribes the client. Throws CALLBACK_URL_REFUSED, REQUEST_INVALID. */
  subscribe(
    caller: Caller,
    subscription: { callback: string; query: string | null; facade?: CallbackFacade },
  ): Promise<Subscription & { secret: string }>;
}

export function createCallbacks(database: Database, guard: UrlGuard, resolve: Resolve, pepper: string): Callbacks {
  return {
    stageFor: async ({ client }, { facadeUrl, url: asked }) => {
      const { clientId, tenantId, accountId } = client;
      const url = asked === undefined ? undefined : await checkCallbackUrl(guard, resolve, header, asked);
      if (url && !(await hasClientSecret(database, clientId))) {
        throw refusedUrl(header, 'needs a callback secret, which the client does not have');
      }
      return async (tx, operationId) => {
        await stageCallback(tx, { operationId, clientId, tenantId, accountId, facadeUrl, url });
      };
    },
    subscribe: async ({ client }, { callback, ...subscription }) => {
      const { href } = await checkCallbackUrl(guard, resolve, 'callback', callback);
      return database.transaction((tx) => subscribe(tx, pepper, client, { ...subscription, callback: href }));
    },
  };
}

export const callbackProviders = (
  database: Database,
  { callbackAllow, secretPepper }: Pick<Config, 'callbackAllow' | 'secretPepper'>,
): Provider[] => {
  const callbacks = createCallbacks(database, createUrlGuard(callbackAllow), resolveByDns, secretPepper);
  return [{ provide: CALLBACKS, useValue: callbacks }];
};

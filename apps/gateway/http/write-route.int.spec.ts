import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { lockPolicy } from '#libs/locks';
import { startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.js';
import { WRITE_ROUTE, type RoutePolicy } from './write-route.js';

let gateway: GatewayUnderTest;

beforeAll(async () => {
  gateway = await startGateway();
}, 60_000);

afterAll(() => gateway.stop());

const reads: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

describe('every route of the gateway that is no read', () => {
  it('goes by a lock policy, or says why it takes no lock', () => {
    const policies = new Map(gateway.controllers.flatMap(markedRoutes));
    const writes = gateway.routes.filter(({ method }) => !reads.has(method));
    const names = writes.map(({ method, url }) => `${method} ${url}`);
    expect(names).toEqual(expect.arrayContaining(['POST /oauth2/token', 'POST /v1/casm/subscribers/resources/swap']));
    expect(names.filter((name) => !hasPolicy(policies.get(name)))).toEqual([]);
  });
});

function hasPolicy(policy: RoutePolicy | undefined): boolean {
  if (policy === undefined) return false;
  return 'noLock' in policy ? policy.noLock !== '' : lockPolicy[policy.facade][policy.command] !== undefined;
}

/** The routes of a controller, and what their handlers are marked with. */
function markedRoutes(controller: Type): [route: string, policy: RoutePolicy | undefined][] {
  const prototype = controller.prototype as Record<string, object | undefined>;
  const handlers = Object.getOwnPropertyNames(prototype).flatMap((name) => prototype[name] ?? []);
  return handlers
    .filter((handler) => Reflect.hasMetadata(METHOD_METADATA, handler))
    .flatMap((handler) => {
      const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
      const policy = Reflect.getMetadata(WRITE_ROUTE, handler) as RoutePolicy | undefined;
      const urls = pathsOf(controller).flatMap((base) => pathsOf(handler).map((path) => urlOf(base, path)));
      return urls.map((url): [string, RoutePolicy | undefined] => [`${method} ${url}`, policy]);
    });
}

const pathsOf = (target: object): string[] => [Reflect.getMetadata(PATH_METADATA, target) as string | string[]].flat();

const urlOf = (base: string, path: string): string =>
  `/${[base, path]
    .flatMap((part) => part.split('/'))
    .filter((segment) => segment !== '')
    .join('/')}`;

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Delete, Get, Post, Put, RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { lockPolicy } from '#libs/locks';
import { startGateway, type GatewayUnderTest, type Route } from '../testing/gateway-under-test.js';
import { NoLock, WRITE_ROUTE, WriteRoute, type RoutePolicy } from './write-route.js';

let gateway: GatewayUnderTest;

beforeAll(async () => {
  gateway = await startGateway();
}, 60_000);

afterAll(() => gateway.stop());

const reads: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

describe('every route of the gateway that is no read', () => {
  it('goes by a lock policy, or says why it takes no lock', () => {
    expect(writesOf(gateway.routes).length).toBeGreaterThan(15);
    expect(withoutPolicy(gateway.routes, gateway.controllers)).toEqual([]);
  });

  it('would be found out otherwise', () => {
    @Controller('plans')
    class PlansController {
      @Get(':planId')
      read(): void {}

      @Put(':planId')
      @WriteRoute('ocs', 'AttachOffer')
      change(): void {}

      @Delete(':planId')
      remove(): void {}

      @Post()
      @NoLock('it is new')
      create(): void {}
    }
    const routes = ['GET', 'PUT', 'DELETE'].map((method) => ({ method, url: '/plans/:planId' }));
    const more = [
      { method: 'POST', url: '/plans' },
      { method: 'POST', url: '/of-no-controller' },
    ];
    const found = ['PUT /plans/:planId', 'DELETE /plans/:planId', 'POST /of-no-controller'];
    expect(withoutPolicy([...routes, ...more], [PlansController])).toEqual(found);
  });
});

const writesOf = (routes: Route[]): string[] =>
  routes.filter(({ method }) => !reads.has(method)).map(({ method, url }) => `${method} ${url}`);

function withoutPolicy(routes: Route[], controllers: Type[]): string[] {
  const policies = new Map(controllers.flatMap(markedRoutes));
  return writesOf(routes).filter((name) => !hasPolicy(policies.get(name)));
}

function hasPolicy(policy: RoutePolicy | undefined): boolean {
  if (policy === undefined) return false;
  if ('noLock' in policy) return policy.noLock !== '';
  return policy.commands.every((command) => lockPolicy[policy.facade][command] !== undefined);
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

import { SetMetadata } from '@nestjs/common';
import type { CommandName } from '#libs/contracts';
import type { Facade } from '#libs/locks';

/** Metadata of every route that is not a read: whose lock policy it goes by, or why it takes no lock. */
export const WRITE_ROUTE = 'simyard:write-route';

export type RoutePolicy = { facade: Facade; commands: CommandName[] } | { noLock: string };

/** Marks a route that starts one of the commands in this facade; their locks are those of libs/locks' policy. */
export const WriteRoute = (facade: Facade, ...commands: [CommandName, ...CommandName[]]): MethodDecorator =>
  SetMetadata<string, RoutePolicy>(WRITE_ROUTE, { facade, commands });

/** Marks a route that changes no entity; says why. */
export const NoLock = (why: string): MethodDecorator => SetMetadata<string, RoutePolicy>(WRITE_ROUTE, { noLock: why });

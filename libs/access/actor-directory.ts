import type { Tx } from '#libs/postgres';
import type { Actor } from './api-client.js';
import { selectActors } from './api-client.sql.js';
import { RecentReads } from './recent-reads.js';

export interface ActorName {
  tenant: string;
  username: string;
}

export interface ActorDirectory {
  /** The actors among `names` by `actorKey`, in at most one query; a name without a live client is not in the map. */
  resolve(names: ActorName[]): Promise<Map<string, Actor>>;
}

export const actorKey = (tenant: string, username: string): string => `${tenant}\0${username}`;

/** Whom the `ce_tenant` and `ce_actor` of commands name. Remembers at most 5 s, so that a revocation acts within them. */
export function createActorDirectory(database: Tx): ActorDirectory {
  const recent = new RecentReads<Actor>();
  return {
    resolve: async (names) => {
      const found = new Map<string, Actor>();
      const missing = new Map<string, ActorName>();
      for (const name of names) {
        const key = actorKey(name.tenant, name.username);
        const actor = recent.get(key);
        if (actor) found.set(key, actor);
        else missing.set(key, name);
      }
      if (missing.size === 0) return found;
      const readAt = performance.now();
      for (const actor of await selectActors(database, [...missing.values()])) {
        const key = actorKey(actor.tenantId, actor.username);
        recent.set(key, actor, readAt);
        found.set(key, actor);
      }
      return found;
    },
  };
}

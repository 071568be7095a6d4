import { openBell, type Bell, type Database } from '#libs/postgres';
import type { ServiceContext } from '#libs/runtime';

/**
 * Rung by whoever has committed what a caller waits for: rows of the interactive lane's outbox, which any relay may have to
 * publish, and ends of operations. `database` sends the rings.
 */
export const openCallersBell = (service: string, database: Database, { config, log }: ServiceContext): Bell =>
  openBell({
    url: config.databaseUrl,
    database: database.prepared,
    channel: 'simyard_callers',
    applicationName: `simyard-${service}-bell`,
    log,
  });

import { openBell, type Bell, type Database } from '#libs/postgres';
import type { ServiceContext } from '#libs/runtime';

/** outbox: rows of the interactive lane, which any of its relays may have to publish; ended: operations */
const news = ['outbox', 'ended'] as const;

export type CallersNews = (typeof news)[number];

/** Rung by whoever has committed what a caller waits for. `database` sends the rings. */
export const openCallersBell = (
  service: string,
  database: Database,
  { config, log }: ServiceContext,
): Bell<CallersNews> =>
  openBell({
    news,
    url: config.databaseUrl,
    database: database.prepared,
    channel: 'simyard_callers',
    applicationName: `simyard-${service}-bell`,
    log,
  });

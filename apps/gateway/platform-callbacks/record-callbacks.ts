import { recordCallbacks, type PlatformCallback } from '#libs/platforms';
import type { Database } from '#libs/postgres';
import { inBatches, type Logger } from '#libs/runtime';
import type { CallersBell } from '#libs/transactions';
import { countCallback } from './callback-metrics.js';

/** A platform that has called back waits a little: a transaction of a hundred callbacks costs little more than one of ten. */
const limits = { atOnce: 1, largest: 500, waiting: 5000, gatherMs: 40 };

/** Most ids of unknown requests in a line of the log. */
const idsTold = 20;

/** Records callbacks that come at the same time in one transaction; resolves once it is committed. */
export function createRecordCallback(
  database: Database,
  bell: Pick<CallersBell, 'written'>,
  log: Logger,
): (callback: PlatformCallback) => Promise<unknown> {
  return inBatches<PlatformCallback, boolean>(async (callbacks) => {
    const known = await database.transaction((tx) => recordCallbacks(tx, callbacks));
    bell.written();
    for (const [index, { platform }] of callbacks.entries())
      countCallback(platform, known[index] ? 'RECORDED' : 'UNKNOWN');
    tellUnknown(
      callbacks.filter((_, index) => !known[index]),
      log,
    );
    return known;
  }, limits);
}

function tellUnknown(callbacks: PlatformCallback[], log: Logger): void {
  for (const [platform, unknown] of Map.groupBy(callbacks, (callback) => callback.platform)) {
    const among = unknown.slice(0, idsTold).map(({ accepted: { requestId, reference } }) => ({ requestId, reference }));
    log.warn({ platform, unknown: unknown.length, among }, 'callbacks of requests that are not known');
  }
}

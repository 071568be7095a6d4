import { resourceTypeSource } from '#libs/inventory';
import { openDatabase, type Database } from '#libs/postgres';
import { failpoint, startLoop, type Loop, type ServiceContext } from '#libs/runtime';
import { countPass } from './pass-metrics.js';
import { runPass, type PassOptions, type PassResult } from './run-pass.js';

export interface Dispatcher {
  /** Ends the pass under way. */
  stop(): Promise<void>;
}

const tickMs = 50;
const longestMs = 500;

/**
 * How long to leave things alone after a pass, in ms. A look costs by what is in flight, so it is taken when a good part of
 * that may have ended; a window of 2,000 is looked at four times a second. Many items at slow platforms do not keep the
 * others waiting.
 */
export function restAfter({ leads, running, inFlight }: PassResult): number {
  if (!leads) return 1000;
  return running === 0 ? 200 : tickMs + Math.min(inFlight / 10, longestMs);
}

/**
 * Sends items of running jobs and gathers their results, pass after pass. Every instance of the service runs one; of all
 * of them one at a time works, and the others stand by. It needs no waking: what it adds to the outbox is published by
 * whichever process leases the shard, as soon as that has gathered some rows.
 */
export async function startDispatcher({ config, log, health }: ServiceContext): Promise<Dispatcher> {
  const database = await openDatabase({
    url: config.databaseUrl,
    applicationName: 'simyard-bulk-jobs-dispatcher',
    poolSize: 1,
  });
  const options: PassOptions = {
    window: config.bulkWindow,
    itemDeadlineMs: config.operationDeadlineMs,
    types: resourceTypeSource(),
    source: '/simyard/bulk-jobs',
  };
  let nextAt = 0;
  const loop: Loop = startLoop({
    name: 'dispatcher',
    log,
    idleMs: tickMs,
    runOnce: async () => {
      if (performance.now() < nextAt) return false;
      const result = await dispatchOnce(database, options);
      if (result.finishedJobs > 0) log.info(result, 'bulk jobs ended');
      const cancelling = result.ended.CANCELLED > 0;
      nextAt = cancelling ? 0 : performance.now() + restAfter(result) - tickMs;
      return cancelling;
    },
  });
  health.alive('dispatcher', () => loop.moving());
  return {
    stop: async () => {
      await loop.stop();
      await database.close();
    },
  };
}

/** A pass in a transaction of its own. */
export async function dispatchOnce(database: Database, options: PassOptions): Promise<PassResult> {
  const result = await database.transaction((tx) => runPass(tx, options));
  failpoint('bulk-after-commit');
  countPass(result);
  return result;
}

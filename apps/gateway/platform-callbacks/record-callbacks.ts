import { recordCallbacks, type AcceptedRequest } from '#libs/platforms';
import type { Database } from '#libs/postgres';
import { inBatches, type Logger } from '#libs/runtime';
import type { Relay } from '#libs/transactions';
import { countCallback } from './callback-metrics.js';

export interface NamedCallback {
  platform: string;
  accepted: AcceptedRequest;
}

/** A platform that has called back waits a little: a transaction of a hundred callbacks costs little more than one of ten. */
const limits = { atOnce: 1, largest: 500, waiting: 5000, gatherMs: 40 };

/** Most ids of unknown requests in a line of the log. */
const idsTold = 20;

/** Records callbacks that come at the same time in one transaction; resolves once it is committed. */
export function createRecordCallback(
  database: Database,
  relay: Pick<Relay, 'wake'>,
  log: Logger,
): (callback: NamedCallback) => Promise<unknown> {
  return inBatches<NamedCallback, null>(async (callbacks) => {
    const byPlatform = groupByPlatform(callbacks);
    const counts = await database.transaction(async (tx) => {
      const recorded = [];
      for (const [platform, results] of byPlatform) {
        recorded.push({ platform, results, ...(await recordCallbacks(tx, platform, results)) });
      }
      return recorded;
    });
    relay.wake();
    for (const count of counts) tell(count, log);
    return callbacks.map(() => null);
  }, limits);
}

/** By name, as everybody locks their requests in the same order. */
function groupByPlatform(callbacks: NamedCallback[]): [platform: string, results: AcceptedRequest[]][] {
  const groups = Map.groupBy(callbacks, ({ platform }) => platform);
  return [...groups]
    .map(([platform, its]): [string, AcceptedRequest[]] => [platform, its.map(({ accepted }) => accepted)])
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

interface Recorded {
  platform: string;
  results: AcceptedRequest[];
  known: number;
  unknown: number;
}

function tell({ platform, results, known, unknown }: Recorded, log: Logger): void {
  countCallback(platform, 'RECORDED', known);
  if (unknown === 0) return;
  countCallback(platform, 'UNKNOWN', unknown);
  const among = results.slice(0, idsTold).map(({ requestId, reference }) => ({ requestId, reference }));
  log.warn({ platform, unknown, among }, 'callbacks of requests that are not known');
}

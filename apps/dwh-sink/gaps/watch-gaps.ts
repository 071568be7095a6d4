import type { Tx } from '#libs/postgres';
import { Gauge, type Logger } from '#libs/runtime';
import { countGaps, overdueBetween, type OpenGaps } from './gaps.sql.js';

const open = new Gauge({
  name: 'simyard_dwh_open_gaps',
  help: 'Missing versions, and transactions that lack changes after the grace',
  labelNames: ['kind'],
});

const loggedAtMost = 100;

export interface GapWatch {
  /** Sets the gauges, logs the transactions that became overdue since the last look, and returns the counts. */
  look(): Promise<OpenGaps>;
}

/** Missing versions are noted by the store itself when it sees them; transactions become overdue by time alone. */
export function watchGaps(database: Tx, graceMs: number, log: Logger): GapWatch {
  let previous: OpenGaps | undefined;
  return {
    async look() {
      const counts = await countGaps(database, graceMs);
      open.set({ kind: 'version' }, counts.versions);
      open.set({ kind: 'transaction' }, counts.transactions);
      // The first look after a start tells what is open by its counts, not by a line for each.
      if (previous) await logOverdue(previous.countedAt, counts.countedAt);
      previous = counts;
      return counts;
    },
  };

  async function logOverdue(from: string, to: string): Promise<void> {
    const overdue = await overdueBetween(database, graceMs, { from, to }, loggedAtMost);
    for (const { businessTransactionId, entityCount, storedCount } of overdue) {
      log.warn({ businessTransactionId, entityCount, storedCount }, 'business transaction lacks changes');
    }
  }
}

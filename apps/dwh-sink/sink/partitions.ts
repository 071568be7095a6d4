import { asSimyardError } from '#libs/errors';
import type { Database } from '#libs/postgres';
import type { ReceivedChange } from './received-change.js';

/** Partitions kept ready: this month and the next ones. */
const monthsAhead = 2;
/** Older changes, and changes from the future, stay in the default partition: a wrong clock must not make partitions. */
const monthsBack = 120;

export interface Partitions {
  /** Makes the partitions of the coming months; returns how many were made. */
  ensureAhead(now: Date): Promise<number>;
  /** Makes the partitions of months that a batch reaches back to, as when the topic is read from its beginning. */
  ensureFor(received: ReceivedChange[], now: Date): Promise<void>;
}

/** Monthly partitions of entity_change. Remembers the months it has seen to. */
export function createPartitions(database: Database): Partitions {
  const ensured = new Set<string>();

  const ensure = async (months: string[]): Promise<number> => {
    let made = 0;
    for (const month of months) {
      const [row] = await database.query<{ made: boolean }>('select dwh.ensure_month($1::date) as made', [month]);
      if (row?.made) made += 1;
      ensured.add(month);
    }
    return made;
  };

  return {
    ensureAhead: (now) => ensure(monthsAround(now, 0, monthsAhead)),
    async ensureFor(received, now) {
      const wanted = new Set(received.map(({ change }) => `${change.businessTransaction.occurredAt.slice(0, 7)}-01`));
      const missing = [...wanted].filter((month) => !ensured.has(month));
      if (missing.length === 0) return;
      const allowed = new Set(monthsAround(now, -monthsBack, monthsAhead));
      await ensure(missing.filter((month) => allowed.has(month)).sort()).catch(unlessBusy);
    },
  };
}

/** Making a partition waits for readers of the default one. That must not stop the sink: the default takes the rows too. */
function unlessBusy(error: unknown): void {
  if (asSimyardError(error).disposition !== 'rerun') throw error;
}

/** First days of the months from `first` to `last`, counted from that of `now`, in UTC: `2026-03-01`. */
export function monthsAround(now: Date, first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + first + index, 1)).toISOString().slice(0, 10),
  );
}

import type { Transactions, Tx } from '#libs/postgres';
import { undone } from './undone.js';

interface Reads {
  scans: number;
  entries: number;
}

/** What a session has read so far of the tables and indexes whose names are like this. */
async function readsOf(tx: Tx, names: string): Promise<Map<string, Reads>> {
  const rows = await tx.query<Reads & { name: string }>(
    `select relname as name, pg_stat_get_xact_numscans(oid)::int as scans, pg_stat_get_xact_tuples_returned(oid)::int as entries
     from pg_class where relname like $1`,
    [names],
  );
  return new Map(rows.map(({ name, ...reads }) => [name, reads]));
}

/**
 * Entries that `work` reads after `prepare`, by the table or index that it scans, of those whose names are like this: what
 * PostgreSQL does with the rows that are there, and not what it expects. Changes nothing.
 */
export async function entriesRead(
  transactions: Transactions,
  names: string,
  work: (tx: Tx) => Promise<unknown>,
  prepare: (tx: Tx) => Promise<unknown> = () => Promise.resolve(),
): Promise<Map<string, number>> {
  const read = new Map<string, number>();
  await undone(transactions, async (tx) => {
    await prepare(tx);
    const before = await readsOf(tx, names);
    await work(tx);
    for (const [name, { scans, entries }] of await readsOf(tx, names)) {
      const earlier = before.get(name) ?? { scans: 0, entries: 0 };
      if (scans > earlier.scans) read.set(name, entries - earlier.entries);
    }
  });
  return read;
}

import type { Database } from '#libs/postgres';

/** Injection token of what the query API reads from. */
export const WAREHOUSE = Symbol('warehouse');

export interface Warehouse {
  /** has schema dwh */
  dwh: Database;
  /** has the accounts and clients; may be the same */
  main: Database;
  /** how long after its first change a transaction may be incomplete, in ms */
  gapGraceMs: number;
}

/** The first `limit` of one row more than that, with the cursor of the next page or null. */
export function pageOf<Row, Cursor>(
  rows: Row[],
  limit: number,
  cursorOf: (last: Row) => Cursor,
): { items: Row[]; next: Cursor | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? cursorOf(last) : null };
}

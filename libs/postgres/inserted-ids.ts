import type { Tx } from './tx.js';

/** An insert of rows that have an id each, some of which may be there already. */
interface IdInsert {
  /** `insert … on conflict do nothing`, without `returning` */
  sql: string;
  parameters: unknown[];
  /** the column of the rows' uuids */
  idColumn: string;
  /** the rows' uuids */
  ids: string[];
}

/** Which of the rows were inserted, by their ids. Nearly always it is all of them, and then only that is sent back. */
export async function insertedIds(tx: Tx, { sql, parameters, idColumn, ids }: IdInsert): Promise<Set<string>> {
  const [row] = await tx.query<{ some: string[] | null }>(
    `with inserted as (${sql} returning ${idColumn} as id)
     select case when count(*) < $${parameters.length + 1} then coalesce(array_agg(id), '{}') end as some from inserted`,
    [...parameters, ids.length],
  );
  return new Set(row?.some ?? ids);
}

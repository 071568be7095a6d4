import type { Gateway, Query } from './gateway.js';

export interface Rows<Row> {
  rows: Row[];
  /** whether there are more than were asked for */
  more: boolean;
}

const largestPage = 200;

/** Rows of a list that the gateway pages by cursor: `limit` of them, or all there are. `name` is their property of a page. */
export async function readPages<Row>(
  gateway: Gateway,
  path: string,
  name: string,
  query: Query & { limit: number },
): Promise<Rows<Row>> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(query.limit - rows.length, largestPage);
    const page = await gateway.call<Record<string, unknown>>('GET', path, { query: { ...query, limit, cursor } });
    rows.push(...(page[name] as Row[]));
    cursor = page['nextCursor'] as string | undefined;
  } while (cursor !== undefined && rows.length < query.limit);
  return { rows, more: cursor !== undefined };
}

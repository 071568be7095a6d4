import { stringify } from 'csv-stringify/sync';
import type { Item } from '#libs/bulk';

const header = ['key', 'status', 'errorCode', 'errorMessage', 'operationId'];

/** A job's report as the text of a table (RFC 4180): the header, then a piece for each chunk of items. */
export async function* resultsCsv(chunks: AsyncIterable<Item[]>): AsyncGenerator<string> {
  yield stringify([header]);
  for await (const items of chunks) yield stringify(items.map(toRow));
}

const toRow = ({ key, status, error, operationId }: Item): (string | undefined)[] => [
  key,
  status,
  error?.code,
  error?.message,
  operationId,
];

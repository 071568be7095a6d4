import { CsvError, parse, type Parser } from 'csv-parse';
import { toItemData } from '#libs/bulk';
import type { BulkAction } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import { readHeader } from './csv-columns.js';
import { maxRowLength, type UploadRow } from './upload-row.js';

/**
 * The rows of each text of a CSV body (RFC 4180, comma, LF or CRLF) whose first line names the columns. Empty lines are
 * passed over. Throws REQUEST_INVALID for a header that does not fit the action, and where quotes do not: what follows could be read in
 * more than one way.
 */
export async function* csvRows(texts: AsyncIterable<string>, action: BulkAction): AsyncGenerator<UploadRow[]> {
  const rows: UploadRow[] = [];
  const parser = createParser(action, rows);
  for await (const text of texts) {
    await told(parser, (done) => parser.write(text, done));
    yield rows.splice(0);
  }
  await told(parser, (done) => parser.end(done));
  yield rows;
}

/** Puts each row into `rows` while it is written to; nothing is read from it. */
function createParser(action: BulkAction, rows: UploadRow[]): Parser {
  let columns: string[] | undefined;
  const parser = parse({
    record_delimiter: ['\r\n', '\n'],
    max_record_size: maxRowLength,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    relax_column_count: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      // The line ends where it would without its quote. After any other fault the parser is lost.
      if (error?.code !== 'INVALID_OPENING_QUOTE') throw error ?? new Error('a row was skipped');
      rows.push({
        line: Number(error['lines']),
        reason: 'A quote stands within a field that does not begin with one.',
      });
      return undefined;
    },
    on_record: (cells, { lines }) => {
      if (columns === undefined) columns = readHeader(action, cells);
      else rows.push(toRow(lines, columns, cells));
      return null;
    },
  });
  // Told to whoever writes; an event without a listener would end the process.
  parser.on('error', () => undefined);
  return parser.resume();
}

function toRow(line: number, columns: string[], cells: string[]): UploadRow {
  if (cells.length !== columns.length) {
    return { line, reason: `The row has ${cells.length} fields, and the header ${columns.length}.` };
  }
  const row = Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']));
  return { line, key: row['key'] === '' ? undefined : row['key'], data: toItemData(row) };
}

type Done = (error?: Error | null) => void;

function told(parser: Parser, step: (done: Done) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    if (parser.errored) {
      reject(toRefusal(parser.errored));
      return;
    }
    step((error) => (error ? reject(toRefusal(error)) : resolve()));
  });
}

function toRefusal(error: Error): Error {
  if (!(error instanceof CsvError)) return error;
  const line = Number(error['lines']);
  const message =
    error.code === 'CSV_MAX_RECORD_SIZE'
      ? `Line ${line} is longer than ${maxRowLength} characters, or a quote before it is not closed.`
      : `The quotes at line ${line} do not match.`;
  return new SimyardError('REQUEST_INVALID', { message, details: { line }, cause: error });
}

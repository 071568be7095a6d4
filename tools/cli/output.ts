type Row = Record<string, unknown>;

/** Data goes to standard output, and nothing else does. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** As JSON for programs, as a table for people. */
export function printRows<T>(rows: T[], json: boolean | undefined, toRow: (row: T) => Row): void {
  if (json) printJson(rows);
  else printTable(rows.map(toRow));
}

/** One line per attribute. */
export function printRecord(record: Row): void {
  const width = Math.max(...Object.keys(record).map((name) => name.length));
  for (const [name, value] of Object.entries(record)) process.stdout.write(`${name.padEnd(width)}  ${toText(value)}\n`);
}

/** Aligned columns under their names; nothing for no rows. */
export function printTable(rows: Row[]): void {
  const [first] = rows;
  if (!first) return;
  const names = Object.keys(first);
  const lines = [names, ...rows.map((row) => names.map((name) => toText(row[name])))];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  for (const line of lines) {
    const cells = line.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    process.stdout.write(`${cells.join('  ').trimEnd()}\n`);
  }
}

/** For people, beside the data. */
export function note(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

function toText(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(toText).join(',') || '-';
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}

/** What others wrote must not steer a terminal. */
function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd');
}

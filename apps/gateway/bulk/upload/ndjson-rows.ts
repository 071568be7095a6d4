import { BulkItem, validateData } from '#libs/contracts';
import { textProblem } from '../../http/request-bodies.js';
import { maxRowLength, type UploadRow } from './upload-row.js';
import { wordProblems } from './word-problems.js';

/** An item is flat but for its subscriber; a row of brackets must not exhaust the stack. */
const deepest = 8;

/** The rows of each text of an NDJSON body, `{"key"?, "data"}` on each line; empty lines are passed over. */
export async function* ndjsonRows(texts: AsyncIterable<string>): AsyncGenerator<UploadRow[]> {
  const splitter = createSplitter();
  for await (const text of texts) yield splitter.take(text).flatMap(readLine);
  yield splitter.end().flatMap(readLine);
}

interface Line {
  line: number;
  /** undefined: longer than allowed, and not kept */
  text: string | undefined;
}

/** Cuts texts into lines, and keeps of a line that has not ended no more than a row may have. */
function createSplitter(): { take: (text: string) => Line[]; end: () => Line[] } {
  let line = 0;
  let kept: string | undefined = '';
  const finish = (rest: string): Line => {
    const text = kept === undefined || kept.length + rest.length > maxRowLength ? undefined : kept + rest;
    kept = '';
    line += 1;
    return { line, text };
  };
  return {
    take: (text) => {
      const parts = text.split('\n');
      const open = parts.pop() ?? '';
      const lines = parts.map(finish);
      if (kept !== undefined) kept = kept.length + open.length > maxRowLength ? undefined : kept + open;
      return lines;
    },
    end: () => (kept === '' ? [] : [finish('')]),
  };
}

function readLine({ line, text }: Line): UploadRow[] {
  if (text === undefined) return [{ line, reason: `The line is longer than ${maxRowLength} characters.` }];
  if (text.trim() === '') return [];
  try {
    return [readItem(line, JSON.parse(text))];
  } catch {
    return [{ line, reason: 'The line is not valid JSON.' }];
  }
}

function readItem(line: number, plain: unknown): UploadRow {
  const reason = textProblem(plain, deepest);
  if (reason !== undefined) return { line, reason };
  const { data: item, problems } = validateData(BulkItem, plain, { unknownProperties: 'refuse' });
  return item ? { line, key: item.key ?? undefined, data: item.data } : { line, reason: wordProblems(problems) };
}

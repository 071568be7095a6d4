import { checkItem, isItemKey, type NewItem } from '#libs/bulk';
import type { BulkAction } from '#libs/contracts';
import { newId } from '#libs/runtime';
import type { UploadRow } from './upload-row.js';
import { wordProblems } from './word-problems.js';

/** A row that becomes no item. */
export interface Rejection {
  line: number;
  reason: string;
}

/** What became of an upload's rows. */
export interface UploadReport {
  accepted: number;
  rejected: number;
  /** the first of them */
  rejections: Rejection[];
}

/** Rejections that are told; the others are counted. */
export const toldRejections = 1000;

/** The good rows of a batch as items that go on from those before; the others go into the report. */
export function takeRows(action: BulkAction, rows: UploadRow[], report: UploadReport): NewItem[] {
  return rows.flatMap((row) => {
    const checked = checkRow(action, row);
    if ('reason' in checked) {
      report.rejected += 1;
      if (report.rejections.length < toldRejections) report.rejections.push({ line: row.line, reason: checked.reason });
      return [];
    }
    report.accepted += 1;
    // A row without a key is known by its place among all rows, so that its sender finds it again.
    const key = checked.key ?? String(report.accepted + report.rejected);
    return [{ ordinal: report.accepted, key, data: checked.data, operationId: newId() }];
  });
}

function checkRow(action: BulkAction, row: UploadRow): { key: string | undefined; data: string } | { reason: string } {
  if ('reason' in row) return row;
  const { key } = row;
  if (key !== undefined && !isItemKey(key)) return { reason: 'key: is too long, or has a control character' };
  const { data, problems } = checkItem(action, row.data);
  return data ? { key, data: JSON.stringify(data) } : { reason: wordProblems(problems) };
}

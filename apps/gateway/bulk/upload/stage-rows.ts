import type { NewItem } from '#libs/bulk';
import type { BulkAction } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import { takeRows, type UploadReport } from './check-rows.js';
import type { UploadRow } from './upload-row.js';

/** Items stored by one transaction. */
const itemsPerChunk = 2000;

/** Items that are stored, and those of the last chunk, which are for whoever admits the job. */
export interface StagedRows {
  report: UploadReport;
  last: NewItem[];
}

/**
 * Hands the good rows to `store` in chunks, and reads on when a chunk is stored. Throws BULK_TOO_LARGE, and what `rows`
 * and `store` throw.
 */
export async function stageRows(
  rows: AsyncIterable<UploadRow[]>,
  { action, maxItems }: { action: BulkAction; maxItems: number },
  store: (items: NewItem[]) => Promise<void>,
): Promise<StagedRows> {
  const report: UploadReport = { accepted: 0, rejected: 0, rejections: [] };
  let waiting: NewItem[] = [];
  for await (const batch of rows) {
    waiting = waiting.concat(takeRows(action, batch, report));
    if (report.accepted + report.rejected > maxItems)
      throw new SimyardError('BULK_TOO_LARGE', { details: { maxItems } });
    while (waiting.length > itemsPerChunk) await store(waiting.splice(0, itemsPerChunk));
  }
  return { report, last: waiting };
}

import type { IncomingMessage } from 'node:http';
import type { NewItem } from '#libs/bulk';
import { SimyardError } from '#libs/errors';
import type { Database } from '#libs/postgres';
import { newId, type Health } from '#libs/runtime';
import type { Start } from '../../commands/start.js';
import { stageChunk, submitWrite, type Submission } from '../submission.js';
import type { UploadReport } from './check-rows.js';
import { csvRows } from './csv-rows.js';
import { lookAhead } from './look-ahead.js';
import type { UploadType } from './media-types.js';
import { ndjsonRows } from './ndjson-rows.js';
import { stageRows } from './stage-rows.js';
import { openUpload, type UploadBody } from './upload-body.js';
import type { UploadRow } from './upload-row.js';

/** What an upload needs of the gateway. */
export interface UploadContext {
  database: Database;
  start: Start;
  health: Pick<Health, 'draining'>;
  maxItems: number;
}

/** What a submission is answered with. */
export interface StartedJob extends UploadReport {
  jobId: string;
}

/**
 * Stores the rows of an upload while they arrive, and then starts their job in the transaction that stores the last of
 * them. One that breaks off, or is refused, leaves rows that nobody runs; retention removes them. A repeat stores
 * nothing: its answer is made again from the same rows. Throws LOCKED before anything is read, and what Start throws.
 */
export async function startUpload(
  context: UploadContext,
  submission: Submission,
  type: UploadType,
  request: IncomingMessage,
): Promise<StartedJob> {
  const { database, start, maxItems } = context;
  const { isRepeat } = await lookAhead(database, submission);
  const jobId = newId();
  const body = openUpload(request, maxItems);
  const store = isRepeat ? storeNothing : (items: NewItem[]) => storeChunk(context, submission, jobId, items);
  const { report, last } = await stageRows(rowsOf(body, type, submission), { ...submission, maxItems }, store);
  refuseEmpty(report);
  const { operationId } = await start({
    ...submitWrite(submission, { type, sha256: body.sha256() }),
    operationId: jobId,
    stage: (tx) => stageChunk(tx, submission, jobId, last),
  });
  return { jobId: operationId, ...report };
}

function rowsOf({ texts }: UploadBody, type: UploadType, { action }: Submission): AsyncIterable<UploadRow[]> {
  return type === 'text/csv' ? csvRows(texts, action) : ndjsonRows(texts);
}

const storeNothing = (): Promise<void> => Promise.resolve();

async function storeChunk(
  { database, health }: UploadContext,
  submission: Submission,
  jobId: string,
  items: NewItem[],
): Promise<void> {
  // A service that ends does not wait for a body of any length.
  if (health.draining) throw new SimyardError('DRAINING');
  await database.transaction((tx) => stageChunk(tx, submission, jobId, items));
}

function refuseEmpty({ accepted, rejected, rejections }: UploadReport): void {
  if (accepted > 0) return;
  if (rejected === 0) throw new SimyardError('BULK_EMPTY');
  throw new SimyardError('BULK_ITEM_INVALID', {
    message: 'No row is an item of the action.',
    details: { rejected, rejections },
  });
}

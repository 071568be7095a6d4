import { Transform, type Readable } from 'node:stream';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { once } from 'node:events';
import type { BulkAction } from '#libs/contracts';
import { jobsPath, type Submission } from './bulk-api.js';
import { CliError } from './cli-error.js';
import type { Gateway } from './gateway.js';
import { programName } from './program-name.js';
import type { Progress } from './progress.js';

export const formats = ['csv', 'ndjson'] as const;
export type Format = (typeof formats)[number];

const contentTypes: Record<Format, string> = { csv: 'text/csv', ndjson: 'application/x-ndjson' };
const extensions: Record<string, Format> = { '.csv': 'csv', '.ndjson': 'ndjson', '.jsonl': 'ndjson' };

/** What is to be uploaded; '-' is standard input. */
export interface BulkFile {
  name: string;
  format: Format;
  stream: Readable;
  /** unknown of a pipe */
  bytes?: number;
}

/** @throws CliError when there is no such file, or its format is not known */
export async function openBulkFile(name: string, given?: Format): Promise<BulkFile> {
  const format = given ?? (name === '-' ? 'csv' : extensions[extname(name).toLowerCase()]);
  if (format === undefined) {
    throw new CliError('usage', `FORMAT_REQUIRED: give --format, since ${name} ends in none of .csv, .ndjson, .jsonl.`);
  }
  if (name === '-') return { name: 'standard input', format, stream: process.stdin };
  const stream = createReadStream(name);
  try {
    await once(stream, 'open');
    const { size } = await stat(name);
    return { name, format, stream, ...(size > 0 && { bytes: size }) };
  } catch (error) {
    throw unreadable(error);
  }
}

const unreadable = (cause: unknown): CliError =>
  new CliError('usage', `FILE_UNREADABLE: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });

export interface SubmitOptions {
  action: BulkAction;
  dryRun: boolean;
  idempotencyKey: string | undefined;
  progress: Progress;
  signal: AbortSignal;
}

/** Uploads the file as it is read: neither we nor the gateway hold it whole. */
export async function submitFile(gateway: Gateway, file: BulkFile, options: SubmitOptions): Promise<Submission> {
  const { action, dryRun, idempotencyKey, progress, signal } = options;
  const upload = { whole: false };
  const content = file.stream.pipe(counted(file, progress, upload));
  // A stream does not hand its errors on: one while reading the file must end the upload, which would else look complete.
  file.stream.once('error', (error) => content.destroy(error));
  try {
    return await gateway.call<Submission>('POST', jobsPath, {
      query: { action, dryRun },
      headers: { 'idempotency-key': idempotencyKey },
      payload: { content, contentType: contentTypes[file.format] },
      signal,
    });
  } catch (error) {
    if (file.stream.errored) throw unreadable(file.stream.errored);
    if (!signal.aborted) throw error;
    const said = upload.whole
      ? `the gateway may have taken the job; see ${programName} bulk ls`
      : 'the file was not sent whole, and no job was started';
    throw new CliError('interrupted', `Interrupted: ${said}.`, { cause: error });
  } finally {
    progress.end();
    file.stream.destroy();
  }
}

function counted({ bytes }: BulkFile, progress: Progress, upload: { whole: boolean }): Transform {
  let sent = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent += chunk.length;
      const text = `${sizeText(sent)}${bytes === undefined ? '' : ` of ${sizeText(bytes)}`} sent`;
      progress.show({ text, ...(bytes !== undefined && { fraction: sent / bytes }) });
      done(null, chunk);
    },
    flush(done) {
      upload.whole = true;
      done();
    },
  });
}

const sizeText = (bytes: number): string =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

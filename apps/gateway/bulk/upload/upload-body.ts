import type { IncomingMessage } from 'node:http';
import { createHash, type Hash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { SimyardError } from '#libs/errors';

/** An upload of which nothing comes for so long is given up; its connection is ended. */
const idleMs = 60_000;

/** Bytes for each item that a job may have, and the least that is taken: compressed blanks must come to an end. */
const bytesPerItem = 1024;
const leastBytes = 16 * 1024 * 1024;

const decoders = new Set(['identity', 'gzip', 'x-gzip']);

/** The texts of an upload as they arrive, and then the hash of all its bytes. */
export interface UploadBody {
  texts: AsyncIterable<string>;
  /** hex; once `texts` has ended */
  sha256: () => string;
}

/**
 * Opens a body of UTF-8, plain or compressed by gzip, without holding it: nothing more arrives than is asked for. Throws
 * UNSUPPORTED_MEDIA_TYPE for another compression; its texts throw REQUEST_INVALID and REQUEST_TOO_LARGE.
 */
export function openUpload(request: IncomingMessage, maxItems: number): UploadBody {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (!decoders.has(encoding)) {
    throw new SimyardError('UNSUPPORTED_MEDIA_TYPE', { message: 'The content encoding must be gzip or identity.' });
  }
  const hash = createHash('sha256');
  const bytes = encoding === 'identity' ? request : decompressed(request);
  return { texts: texts(request, bytes, maxItems, hash), sha256: () => hash.digest('hex') };
}

async function* texts(request: IncomingMessage, bytes: Readable, maxItems: number, hash: Hash): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const limit = Math.max(leastBytes, maxItems * bytesPerItem);
  let read = 0;
  request.setTimeout(idleMs);
  try {
    // Whoever stops early still answers: destroying the request would end its connection.
    for await (const chunk of bytes.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      read += chunk.length;
      if (read > limit) throw tooLarge(limit);
      hash.update(chunk);
      yield decoder.decode(chunk, { stream: true });
    }
    yield decoder.decode();
  } catch (error) {
    throw toRefusal(error, request);
  } finally {
    request.setTimeout(0);
    discard(request);
    if (bytes !== request) bytes.destroy();
  }
}

function decompressed(request: IncomingMessage): Readable {
  const gunzip = createGunzip();
  request.on('error', (error) => gunzip.destroy(error));
  return request.pipe(gunzip);
}

/** What is left of a body that was refused is read and thrown away, so that its sender comes to read the answer. */
function discard(request: IncomingMessage): void {
  request.unpipe();
  request.resume();
}

const tooLarge = (limit: number): SimyardError =>
  new SimyardError('REQUEST_TOO_LARGE', { message: `The upload is larger than ${limit} bytes.`, details: { limit } });

function toRefusal(error: unknown, request: IncomingMessage): unknown {
  if (error instanceof SimyardError) return error;
  const message = problemOf(error, request);
  return message === undefined ? error : new SimyardError('REQUEST_INVALID', { message, cause: error });
}

function problemOf(error: unknown, request: IncomingMessage): string | undefined {
  if (request.destroyed && !request.complete) return 'The upload broke off.';
  const code: unknown = Object(error) === error ? Reflect.get(error as object, 'code') : undefined;
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'The body is not valid UTF-8.';
  return typeof code === 'string' && code.startsWith('Z_') ? 'The body is not valid gzip.' : undefined;
}

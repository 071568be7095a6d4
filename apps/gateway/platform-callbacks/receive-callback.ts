import { SimyardError } from '#libs/errors';
import {
  platformHeaders,
  readRequestBody,
  verifyCallback,
  type AcceptedRequest,
  type PlatformConfig,
  type PlatformSource,
} from '#libs/platforms';
import type { Tx } from '#libs/postgres';
import { countCallback } from './callback-metrics.js';

/** Injection token of ReceiveCallback. */
export const RECEIVE_CALLBACK = Symbol('receive-callback');

/** A callback as it came. */
export interface IncomingCallback {
  /** as the path names it */
  platform: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/**
 * Takes what a platform says of a request, once it is recorded. Throws PLATFORM_NOT_FOUND, CALLBACK_UNAUTHENTICATED,
 * REQUEST_INVALID, DATABASE_UNAVAILABLE; the platform sends again what was not taken.
 */
export type ReceiveCallback = (callback: IncomingCallback) => Promise<void>;

export function createReceiveCallback(
  database: Tx,
  platforms: PlatformSource,
  record: (callback: { platform: string; accepted: AcceptedRequest }) => Promise<unknown>,
): ReceiveCallback {
  return async ({ platform: name, headers, body }) => {
    const platform = (await platforms(database)).get(name);
    if (!platform) throw new SimyardError('PLATFORM_NOT_FOUND');
    try {
      expectAuthentic(platform, headers, body);
      const accepted = readAccepted(body);
      await record({ platform: name, accepted });
    } catch (error) {
      countCallback(name, 'REFUSED');
      throw error;
    }
  };
}

function expectAuthentic({ callbackSecret }: PlatformConfig, headers: IncomingCallback['headers'], body: Buffer): void {
  const signed = {
    timestamp: single(headers[platformHeaders.callbackTimestamp]),
    signature: single(headers[platformHeaders.callbackSignature]),
    body,
  };
  const isAuthentic = callbackSecret !== null && verifyCallback(callbackSecret, signed, new Date());
  if (!isAuthentic) throw new SimyardError('CALLBACK_UNAUTHENTICATED');
}

const single = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

const utf8 = new TextDecoder('utf-8', { fatal: true });

function readAccepted(body: Buffer): AcceptedRequest {
  const accepted = readRequestBody(decode(body));
  if (!accepted)
    throw new SimyardError('REQUEST_INVALID', { message: 'The body does not fit the contract of platforms.' });
  return accepted;
}

function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw new SimyardError('REQUEST_INVALID', { message: 'The body is not valid UTF-8.', cause });
  }
}

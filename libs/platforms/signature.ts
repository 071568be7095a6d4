import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * What `X-Platform-Signature` must be: HMAC-SHA-256 over the timestamp header's text, a full stop, and the body's bytes.
 * @param timestamp Unix time in seconds, as the header `X-Platform-Timestamp` has it
 */
export function signCallback(secret: string, timestamp: string, body: string | Buffer): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`;
}

/** How far a callback's timestamp may be from our time, either way. */
const toleranceMs = 300_000;

export interface SignedCallback {
  /** headers as they came */
  timestamp: string | undefined;
  signature: string | undefined;
  body: Buffer;
}

/** Whether a callback is of someone who has the secret, and of now. Takes equally long for every wrong signature. */
export function verifyCallback(secret: string, { timestamp, signature, body }: SignedCallback, now: Date): boolean {
  if (timestamp === undefined || signature === undefined || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(Number(timestamp) * 1000 - now.getTime()) > toleranceMs) return false;
  const expected = Buffer.from(signCallback(secret, timestamp, body));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

import { createHmac } from 'node:crypto';

/**
 * What `X-Platform-Signature` must be: HMAC-SHA-256 over the timestamp header's text, a full stop, and the body's bytes.
 * @param timestamp Unix time in seconds, as the header `X-Platform-Timestamp` has it
 */
export function signCallback(secret: string, timestamp: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

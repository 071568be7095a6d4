import { errors, type Dispatcher, type Pool } from 'undici';

/** More than any SIM of the contract, though each character of its custom properties were escaped. */
export const largestBody = 1024 * 1024;

export interface Call {
  method: 'GET' | 'PUT';
  /** below the platform's base URL */
  path: string;
  headers: Record<string, string>;
  body?: string;
}

/** What a platform has answered, not understood yet; or why there is nothing to understand. */
export type Exchange =
  | { status: number; headers: Record<string, string>; body: string }
  | { failure: 'not-connected' | 'no-answer-in-time' | 'broken'; cause: unknown };

/** Sends a call and reads all of its answer, within a time for both. */
export async function exchange(
  pool: Pool,
  { method, path, headers, body }: Call,
  limits: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<Exchange> {
  // The pool's own time-outs are for parts of an exchange, and not exact.
  const inTime = AbortSignal.timeout(limits.timeoutMs);
  const signal = limits.signal ? AbortSignal.any([inTime, limits.signal]) : inTime;
  try {
    const response = await pool.request({ method, path, headers, signal, ...(body !== undefined && { body }) });
    return {
      status: response.statusCode,
      headers: plainHeaders(response.headers),
      body: await response.body.text(),
    };
  } catch (cause) {
    return { failure: inTime.aborted ? 'no-answer-in-time' : failureOf(cause), cause };
  }
}

/** By these nothing can have reached the platform. */
const unconnected: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function failureOf(error: unknown): 'not-connected' | 'no-answer-in-time' | 'broken' {
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) {
    return 'no-answer-in-time';
  }
  const code: unknown = Object(error) === error ? Reflect.get(error as object, 'code') : undefined;
  return unconnected.has(code) ? 'not-connected' : 'broken';
}

type ResponseHeaders = Dispatcher.ResponseData['headers'];

function plainHeaders(headers: ResponseHeaders): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, [value].flat().join(', ')] as const],
  );
  return Object.fromEntries(entries);
}

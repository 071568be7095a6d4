import { platformErrors, type PlatformError, type PlatformErrorCode } from '#libs/platforms';

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  /** a text is sent as it is */
  body: unknown;
}

/** How a request ends: with an answer, never, or with its connection. */
export type Ending = Answer | 'none' | 'reset';

export function errorOf(code: PlatformErrorCode, details?: Record<string, unknown>): PlatformError {
  return { code, message: platformErrors[code].message, ...(details && { details }) };
}

export const refusal = (
  code: PlatformErrorCode,
  { details, headers }: { details?: Record<string, unknown>; headers?: Record<string, string> } = {},
): Answer => ({ status: platformErrors[code].status, ...(headers && { headers }), body: errorOf(code, details) });

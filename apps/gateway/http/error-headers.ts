import { HttpStatus } from '@nestjs/common';
import { httpStatusOf } from './http-status.js';

/** Seconds after which a call that met a fault or a lock may be repeated. */
const retryAfterS = '2';

const operationUrl = (operationId: string): string => `/admin/v1/operations/${operationId}`;

/**
 * Headers that go with an error, whatever its body looks like in the facade. A refusal by a lock has `operationId` of its
 * holder in the details; `urlOf` is where the facade shows that operation.
 */
export function errorHeaders(
  { code, details }: { code: string; details?: Record<string, unknown> | undefined },
  urlOf: (operationId: string) => string = operationUrl,
): Record<string, string> {
  const status = httpStatusOf(code);
  const isLocked = code === 'LOCKED';
  const holder = isLocked ? details?.['operationId'] : undefined;
  return {
    ...(status === HttpStatus.UNAUTHORIZED && { 'www-authenticate': 'Bearer realm="simyard"' }),
    ...((isLocked || status === HttpStatus.SERVICE_UNAVAILABLE) && { 'retry-after': retryAfterS }),
    ...(typeof holder === 'string' && { link: `<${urlOf(holder)}>; rel="related"` }),
  };
}

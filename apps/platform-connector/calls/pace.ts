import type { RateLimit } from '#libs/platforms';
import type { RateLimit as Windows } from '#libs/postgres';

/** Up to so many calls per span are spread one by one. */
const mostSpread = 50;
/** Windows of a span of more calls than that. */
const windowsPerSpan = 20;

/**
 * The windows that keep a limit in any span of its length; each begins with a call, and not before the one before it has
 * ended. Calls may take up to a window's length more or less to the
 * platform, and still keep it: what is sent evenly arrives less so.
 */
export function paceOf({ requests, perMs }: RateLimit): Windows {
  if (requests === 1) return { points: 1, perMs: Math.ceil(perMs * 1.1) };
  if (requests <= mostSpread) return { points: 1, perMs: Math.ceil(perMs / (requests - 1)) };
  // A span meets one window more than fit into it, and the difference on the way may bring in another one.
  return { points: Math.floor(requests / (windowsPerSpan + 2)), perMs: Math.ceil(perMs / windowsPerSpan) };
}

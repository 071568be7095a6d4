/** Pauses in ms; `random` is from 0 up to 1, so that what failed together does not come again together. */

const firstRetryMs = 500;
const longestRetryMs = 30_000;

/** Longest that a platform may ask for by Retry-After; one that wants more is called sooner. */
const longestRetryAfterMs = 60_000;

export const wishedPause = (retryAfterMs: number | null): number => Math.min(retryAfterMs ?? 0, longestRetryAfterMs);

/** Before the next attempt at a change: exponential, with full jitter, and never before the platform wants it. */
export function retryPause(attempts: number, retryAfterMs: number | null, random: number): number {
  const jittered = random * Math.min(longestRetryMs, firstRetryMs * 2 ** (attempts - 1));
  return Math.round(wishedPause(retryAfterMs) + jittered);
}

const longestPollMs = 30_000;
const longestSettleMs = 600_000;

/** Before a platform is asked again how far an accepted change is. */
export const pollPause = (pollMs: number, attempts: number, random: number): number =>
  growing(pollMs, 1.5 ** (attempts - 1), longestPollMs, random);

/** Before a platform is asked again what it has of a SIM whose operation has ended: it may be away for days. */
export const settlePause = (pollMs: number, attempts: number, random: number): number =>
  growing(pollMs, 2 ** (attempts - 1), longestSettleMs, random);

const growing = (firstMs: number, factor: number, longestMs: number, random: number): number =>
  Math.round(Math.min(longestMs, firstMs * factor) * (0.75 + random / 2));

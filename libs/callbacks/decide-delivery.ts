/** What follows from an attempt. */
export type DeliveryStep = { state: 'DELIVERED' } | { state: 'DUE'; dueInMs: number } | { state: 'GIVEN_UP' };

export interface RetryPolicy {
  /** attempts in all */
  attempts: number;
  /** before the second attempt; each pause is three times the one before, up to an hour */
  backoffMs: number;
}

/** What became of an attempt: an HTTP status, or none, and whether another attempt could help. */
export interface AttemptResult {
  status: number | null;
  error: string | null;
  /** no attempt can help, such as without a secret */
  final?: boolean;
}

const growth = 3;
const longestPauseMs = 3_600_000;

/** Pure. `tries` are the attempts so far, this one included; `random` is from 0 to 1 and spreads what failed together. */
export function decideDelivery(
  tries: number,
  { error, final = false }: AttemptResult,
  policy: RetryPolicy,
  random: number,
): DeliveryStep {
  if (error === null) return { state: 'DELIVERED' };
  if (final || tries >= policy.attempts) return { state: 'GIVEN_UP' };
  const pauseMs = Math.min(longestPauseMs, policy.backoffMs * growth ** (tries - 1));
  return { state: 'DUE', dueInMs: Math.round(pauseMs * (0.75 + random / 2)) };
}

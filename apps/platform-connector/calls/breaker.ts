import { BrokenCircuitError, circuitBreaker, CircuitState, ConsecutiveBreaker, handleWhenResult } from 'cockatiel';

export interface BreakerLimits {
  /** calls that fail one after the other until no more are sent */
  failures: number;
  /** how long nothing is sent then; a single call tries after that */
  openMs: number;
}

export const breakerLimits: BreakerLimits = { failures: 10, openMs: 5000 };

/** Keeps calls from a platform that does not answer. */
export interface Breaker<Result> {
  /** The call's result; or for how many ms nothing will be sent, and nothing was. */
  run(call: () => Promise<Result>): Promise<Result | { openForMs: number }>;
  isOpen: () => boolean;
}

/** @param isFailure whether a result says that the platform is not well */
export function createBreaker<Result>(
  { failures, openMs }: BreakerLimits,
  isFailure: (result: Result) => boolean,
): Breaker<Result> {
  let openUntil = 0;
  const policy = circuitBreaker(
    // The policy sees nothing but what the calls below return.
    handleWhenResult((result) => isFailure(result as Result)),
    { breaker: new ConsecutiveBreaker(failures), halfOpenAfter: openMs },
  );
  policy.onBreak(() => (openUntil = Date.now() + openMs));
  const refusal = (): { openForMs: number } => ({ openForMs: Math.max(openUntil - Date.now(), 0) });
  return {
    run: async (call) => {
      // Others would wait for the one that tries, longer than they may.
      if (policy.state === CircuitState.HalfOpen) return refusal();
      try {
        return await policy.execute(call);
      } catch (error) {
        if (error instanceof BrokenCircuitError) return refusal();
        throw error;
      }
    },
    isOpen: () => policy.state !== CircuitState.Closed,
  };
}

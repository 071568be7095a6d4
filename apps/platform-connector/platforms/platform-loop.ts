import { setImmediate as others, setTimeout as delay } from 'node:timers/promises';
import type { ClaimedRequest, PlatformConfig, Step, TakenStep } from '#libs/platforms';
import { startLoop, type Logger, type Loop } from '#libs/runtime';

export interface PlatformLoopParts {
  platform: Pick<PlatformConfig, 'name' | 'concurrency'>;
  claim: (limit: number) => Promise<ClaimedRequest[]>;
  /** Calls the platform; undefined: nothing was sent, as the claim is over. */
  carryOut: (request: ClaimedRequest) => Promise<Step | undefined>;
  record: (taken: TakenStep) => Promise<void>;
  log: Logger;
}

/** What another process was to look at again is seen after so long at most. */
const idleMs = 250;
const recordPauseMs = 250;

/**
 * Carries out a platform's requests: claims as many as there is room for beside those under way, and records what came of
 * each. A slow platform fills its own room and nobody else's. When stopped it claims no more, and what is under way ends.
 */
export function startPlatformLoop({ platform, claim, carryOut, record, log }: PlatformLoopParts): Loop {
  const underWay = new Set<Promise<void>>();
  let heldUntil = 0;
  let more = false;

  const runOnce = async (): Promise<boolean> => {
    // Requests that end together make room for one claim.
    await others();
    const room = platform.concurrency - underWay.size;
    if (room <= 0 || Date.now() < heldUntil) return false;
    const claimed = await claim(room);
    more = claimed.length === room;
    for (const request of claimed) begin(request);
    return false;
  };
  const begin = (request: ClaimedRequest): void => {
    const work = workOn(request)
      .catch((error: unknown) => {
        const { operationId, correlationId } = request;
        const about = { err: error, platform: platform.name, operationId, correlationId };
        log.error(about, 'request not carried out, will be claimed again');
      })
      .finally(() => {
        underWay.delete(work);
        if (more) loop.wake();
      });
    underWay.add(work);
  };
  const workOn = async (request: ClaimedRequest): Promise<void> => {
    const step = await carryOut(request);
    if (step === undefined) return;
    await recordPatiently(record, { claim: request, step });
    if (!('dueInMs' in step.next)) return;
    if (step.throttled) heldUntil = Date.now() + step.next.dueInMs;
    wakeIn(step.next.dueInMs);
  };
  /** For what is due before the loop would look by itself. */
  const wakeIn = (ms: number): void => {
    if (ms < idleMs) setTimeout(() => loop.wake(), ms).unref();
  };
  const loop = startLoop({ name: `platform ${platform.name}`, runOnce, idleMs, log });
  return {
    ...loop,
    stop: async () => {
      await loop.stop();
      await Promise.all(underWay);
    },
  };
}

/** A platform's answer is worth keeping while its claim lasts, though the database is away. */
async function recordPatiently(record: PlatformLoopParts['record'], taken: TakenStep): Promise<void> {
  for (;;) {
    try {
      await record(taken);
      return;
    } catch (error) {
      if (Date.now() + recordPauseMs >= taken.claim.claimedUntil.getTime()) throw error;
      await delay(recordPauseMs);
    }
  }
}

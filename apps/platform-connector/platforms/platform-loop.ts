import { setImmediate as others, setTimeout as delay } from 'node:timers/promises';
import type { ClaimedRequest, PlatformConfig, Step, TakenStep } from '#libs/platforms';
import type { Tx } from '#libs/postgres';
import { startLoop, type Logger, type Loop } from '#libs/runtime';

export interface PlatformLoopParts {
  platform: Pick<PlatformConfig, 'name' | 'concurrency'>;
  /** Claims in the given transaction, or in one of its own. */
  claim: (limit: number, tx?: Tx) => Promise<ClaimedRequest[]>;
  /** Calls the platform; undefined: nothing was sent, as the claim is over. */
  carryOut: (request: ClaimedRequest) => Promise<Step | undefined>;
  record: (taken: TakenStep) => Promise<void>;
  log: Logger;
}

/** Requests that are claimed, or will be once a transaction is committed; until either is called they take up room. */
export interface Claim {
  begin: () => void;
  drop: () => void;
}

export interface PlatformLoop extends Loop {
  /** Claims in this transaction what there is room for. */
  claimIn: (tx: Tx) => Promise<Claim>;
}

/** What another process was to look at again, or what is due again, is seen after so long at most, by one look for all loops. */
export const lookEveryMs = 250;
/** for what that did not see */
const idleMs = 30_000;
const recordPauseMs = 250;

const nothing: Claim = { begin: () => undefined, drop: () => undefined };

/**
 * Carries out a platform's requests: claims as many as there is room for beside those under way, and records what came of
 * each. A slow platform fills its own room and nobody else's. When stopped it claims no more, and what is under way ends.
 */
export function startPlatformLoop({ platform, claim, carryOut, record, log }: PlatformLoopParts): PlatformLoop {
  const underWay = new Set<Promise<void>>();
  const reservations = createReservations(() => wakeForMore());
  let heldUntil = 0;
  let more = false;

  const take = async (tx?: Tx): Promise<Claim> => {
    const room = platform.concurrency - underWay.size - reservations.room();
    more ||= room <= 0;
    if (room <= 0 || Date.now() < heldUntil) return nothing;
    more = false;
    const { claimed, free } = await reservations.during(room, () => claim(room, tx));
    more ||= claimed.length === room;
    const begin = (): void => {
      claimed.forEach(beginOne);
      free();
    };
    return { begin, drop: free };
  };
  const runOnce = async (): Promise<boolean> => {
    // Requests that end together make room for one claim.
    await others();
    (await take()).begin();
    return false;
  };
  const beginOne = (request: ClaimedRequest): void => {
    const work = workOn(request)
      .catch((error: unknown) => {
        const { operationId, correlationId } = request;
        const about = { err: error, platform: platform.name, operationId, correlationId };
        log.error(about, 'request not carried out, will be claimed again');
      })
      .finally(() => {
        underWay.delete(work);
        wakeForMore();
      });
    underWay.add(work);
  };
  const workOn = async (request: ClaimedRequest): Promise<void> => {
    const step = await carryOut(request);
    if (step === undefined) return;
    await recordPatiently(record, { claim: request, step });
    if (!('dueInMs' in step.next)) return;
    const { dueInMs } = step.next;
    if (step.throttled) heldUntil = Date.now() + dueInMs;
    // Before anybody looks.
    if (dueInMs < lookEveryMs) setTimeout(() => loop.wake(), dueInMs).unref();
  };
  const wakeForMore = (): void => {
    if (more) loop.wake();
  };
  const loop = startLoop({ name: `platform ${platform.name}`, runOnce, idleMs, log });
  return {
    ...loop,
    claimIn: take,
    stop: async () => {
      await loop.stop();
      await reservations.ended();
      await Promise.all(underWay);
    },
  };
}

/** Room that is taken by claims which have neither begun nor been dropped. */
function createReservations(onFree: () => void) {
  const open = new Set<Promise<undefined>>();
  let taken = 0;
  const add = (room: number): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    open.add(promise);
    taken += room;
    return () => {
      if (open.delete(promise)) taken -= room;
      resolve(undefined);
      onFree();
    };
  };
  return {
    room: () => taken,
    /** `free` gives the room back, should the claim not fail. */
    during: async (room: number, claim: () => Promise<ClaimedRequest[]>) => {
      const free = add(room);
      try {
        return { claimed: await claim(), free };
      } catch (error) {
        free();
        throw error;
      }
    },
    ended: () => Promise.all(open),
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

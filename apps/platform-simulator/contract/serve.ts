import { platformErrors } from '#libs/platforms';
import type { Fault } from '../faults/fault.js';
import { planCall, type Call } from '../faults/pick-faults.js';
import { draw, within } from '../world/random.js';
import { takeSlot } from '../world/rate-limit.js';
import type { Operation, SimRecord } from '../world/sims.js';
import type { SimulatedPlatform, World } from '../world/world.js';
import { errorOf, refusal, type Answer, type Ending } from './answer.js';

/** A request to a platform that is well-formed and may be made: rate limit, latency and faults, around what is asked for. */
export async function serve(
  world: World,
  platform: SimulatedPlatform,
  call: Call,
  work: () => Answer | Promise<Answer>,
): Promise<Ending> {
  const limited = refuseByRate(platform);
  if (limited) return limited;
  const plan = planCall(world.faults, call);
  await world.timers.wait(latencyOf(platform, call) + plan.delayBeforeMs);
  if (plan.before) return endingOf(plan.before);
  const answer = await work();
  await world.timers.wait(plan.delayAfterMs);
  return plan.after ? endingOf(plan.after, answer) : answer;
}

/** Numbers the request among those of its SIM. */
export function nextCall(world: World, platform: SimulatedPlatform, record: SimRecord, operation: Operation): Call {
  record.calls[operation] += 1;
  const { iccid } = record.sim;
  return { seed: world.seed, platform: platform.name, iccid, operation, number: record.calls[operation] };
}

function refuseByRate({ settings, slots, counts }: SimulatedPlatform): Answer | undefined {
  if (!settings.rateLimit) return undefined;
  const waitMs = takeSlot(slots, settings.rateLimit, performance.now());
  if (waitMs === 0) return undefined;
  counts.limited += 1;
  return refusal('TOO_MANY_REQUESTS', { headers: retryAfter(Math.ceil(waitMs / 1000)) });
}

function latencyOf({ settings }: SimulatedPlatform, { seed, platform, iccid, operation, number }: Call): number {
  return within(settings.answerMs, draw(seed, 'answer', platform, iccid, operation, number));
}

const retryAfter = (seconds: number): Record<string, string> => ({ 'retry-after': String(seconds) });

/** @param answer of a request that was carried out all the same */
function endingOf({ kind, status, retryAfterSeconds }: Fault, answer?: Answer): Ending {
  const headers = retryAfterSeconds === undefined ? {} : retryAfter(retryAfterSeconds);
  switch (kind) {
    case 'TIME_OUT':
      return 'none';
    case 'RESET':
      return 'reset';
    case 'MALFORMED_BODY':
      return { status: answer?.status ?? 200, body: '{"iccid":"89' };
    case 'RATE_LIMIT':
      return refusal('TOO_MANY_REQUESTS', { headers: retryAfter(retryAfterSeconds ?? 1) });
    default:
      return { status: status ?? platformErrors.UNAVAILABLE.status, headers, body: errorOf('UNAVAILABLE') };
  }
}

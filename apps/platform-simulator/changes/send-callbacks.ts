import { request } from 'undici';
import { platformHeaders, signCallback, type AcceptedRequest } from '#libs/platforms';
import type { SimulatedPlatform, World } from '../world/world.js';

/** Sends one after the other, each until the receiver takes it or the attempts are used up. */
export async function sendCallbacks(
  world: World,
  platform: SimulatedPlatform,
  url: string,
  bodies: AcceptedRequest[],
): Promise<void> {
  for (const body of bodies) {
    const isTaken = await sendUntilTaken(world, platform, url, body);
    if (isTaken) platform.counts.callbacksDelivered += 1;
    else platform.counts.callbacksFailed += 1;
  }
}

async function sendUntilTaken(
  { timers }: World,
  platform: SimulatedPlatform,
  url: string,
  body: AcceptedRequest,
): Promise<boolean> {
  const { callbackAttempts, callbackPauseMs } = platform.settings;
  for (let attempt = 1; attempt <= callbackAttempts; attempt += 1) {
    if (attempt > 1) await timers.wait(callbackPauseMs * 2 ** (attempt - 2));
    const isTaken = await platform.callbackLanes(() =>
      timers.ended ? Promise.resolve(false) : send(platform, url, JSON.stringify(body)),
    );
    if (isTaken) return true;
    if (timers.ended) return false;
  }
  return false;
}

/** One attempt; the signature's timestamp is its own. */
async function send({ settings }: SimulatedPlatform, url: string, body: string): Promise<boolean> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  try {
    const response = await request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [platformHeaders.callbackTimestamp]: timestamp,
        [platformHeaders.callbackSignature]: signCallback(settings.callbackSecret, timestamp, body),
      },
      body,
      signal: AbortSignal.timeout(settings.callbackTimeoutMs),
    });
    // Read to its end, so that the connection serves the next one.
    await response.body.dump();
    return response.statusCode >= 200 && response.statusCode < 300;
  } catch {
    return false;
  }
}

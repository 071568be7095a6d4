import { setTimeout as delay } from 'node:timers/promises';

/** Asks every 50 ms until the answer is true. False when the time is over; an error of `ask` counts as "not yet". */
export async function waitUntil(ask: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    if (await answer(ask)) return true;
    await delay(50);
  }
  return answer(ask);
}

async function answer(ask: () => boolean | Promise<boolean>): Promise<boolean> {
  try {
    return await ask();
  } catch {
    return false;
  }
}

import type { RateLimit } from '#libs/platforms';

/**
 * Takes a slot, or tells in how many ms one is free; 0 means taken.
 * @param taken when slots were taken, oldest first; what no longer counts is removed
 */
export function takeSlot(taken: number[], { requests, perMs }: RateLimit, nowMs: number): number {
  const counting = taken.findIndex((time) => time > nowMs - perMs);
  taken.splice(0, counting === -1 ? taken.length : counting);
  const [oldest] = taken;
  if (oldest !== undefined && taken.length >= requests) return oldest + perMs - nowMs;
  taken.push(nowMs);
  return 0;
}

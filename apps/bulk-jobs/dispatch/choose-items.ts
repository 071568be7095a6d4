import type { HeldRange } from './held-items.sql.js';
import type { ItemCommand } from './item-command.js';
import { pendingOf, type LiveJob } from './live-job.js';
import { shareWindow } from './share-window.js';
import { addToPlatform, totalOf, type UnderWay } from './under-way.js';

/** Pure: how many items each job may send now, at the same index. Items that are at a platform leave the window free. */
export function shareOfWindow(window: number, { accepted }: UnderWay, jobs: LiveJob[]): number[] {
  return shareWindow(
    window,
    totalOf(accepted),
    jobs.map((job) => ({ inFlight: accepted.get(job.jobId) ?? 0, pending: pendingOf(job) })),
  );
}

/**
 * Pure: held items that may go now, as far as their platforms take more and their jobs' shares reach. Jobs have equal
 * shares of a platform, as of the window.
 */
export function chooseHeld(
  window: number,
  { ofPlatforms }: UnderWay,
  jobs: LiveJob[],
  shares: readonly number[],
): HeldRange[] {
  const left = [...shares];
  const platforms = new Set(jobs.flatMap(({ held }) => Object.keys(held)));
  return [...platforms].sort().flatMap((platform) => {
    const its = ofPlatforms.get(platform);
    const demands = jobs.map(({ jobId, held }, index) => ({
      inFlight: its?.get(jobId) ?? 0,
      pending: Math.min(held[platform] ?? 0, left[index] ?? 0),
    }));
    return shareWindow(window, totalOf(its), demands).flatMap((count, index) => {
      const job = jobs[index];
      if (!job || count === 0) return [];
      left[index] = (left[index] ?? 0) - count;
      return [{ jobId: job.jobId, platform, count }];
    });
  });
}

/**
 * Pure: which of the next items are held, as their platform is full or earlier items of their job wait for it. Counts those that are not.
 */
export function splitByPlatform(
  window: number,
  underWay: UnderWay,
  items: ItemCommand[],
): { free: ItemCommand[]; held: (ItemCommand & { platform: string })[] } {
  const waiting = new Set<string>();
  const isHeld = (item: ItemCommand): item is ItemCommand & { platform: string } => {
    const { platform, job } = item;
    if (platform === null) return false;
    const queue = `${job.jobId} ${platform}`;
    const isFull = totalOf(underWay.ofPlatforms.get(platform)) >= window;
    if (isFull || job.held[platform] !== undefined || waiting.has(queue)) waiting.add(queue);
    else addToPlatform(underWay, platform, job.jobId);
    return waiting.has(queue);
  };
  const held = items.filter(isHeld);
  const heldIds = new Set(held.map(({ operationId }) => operationId));
  return { held, free: items.filter(({ operationId }) => !heldIds.has(operationId)) };
}

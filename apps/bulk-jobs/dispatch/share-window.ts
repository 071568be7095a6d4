/** How many items of a job are under way, and how many are still to be sent. */
export interface WindowDemand {
  inFlight: number;
  pending: number;
}

/**
 * How many items each job may send now, at the same index: those with the fewest in flight first, so that all come to an
 * equal share of the window, and what one does not need goes to the others. What is left over of the division goes to the
 * first ones, so give those first that have waited longest. `occupied`: items in flight over all jobs.
 */
export function shareWindow(window: number, occupied: number, jobs: WindowDemand[]): number[] {
  const free = Math.max(0, window - occupied);
  const upTo = (level: number): number[] => jobs.map((job) => clamp(level - job.inFlight, 0, job.pending));
  const level = highestLevel(window, (candidate) => sum(upTo(candidate)) <= free);
  const shares = upTo(level);
  let left = free - sum(shares);
  return jobs.map(({ inFlight, pending }, index) => {
    const share = shares[index] ?? 0;
    const extra = left > 0 && share < pending && inFlight + share <= level ? 1 : 0;
    left -= extra;
    return share + extra;
  });
}

/** The highest level up to `highest` that fits; 0 always does. */
function highestLevel(highest: number, fits: (level: number) => boolean): number {
  let [fitting, tooHigh] = [0, highest + 1];
  while (tooHigh - fitting > 1) {
    const level = Math.floor((fitting + tooHigh) / 2);
    if (fits(level)) fitting = level;
    else tooHigh = level;
  }
  return fitting;
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

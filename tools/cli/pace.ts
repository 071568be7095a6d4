/** What was done per second of late, and how long the rest takes at that pace. */
export interface Pace {
  perSecond: number;
  secondsLeft: number;
}

const windowMs = 10_000;

/** Takes counts as they grow; returns the pace of the last ten seconds once there is one. */
export function createPace(now: () => number = () => performance.now()) {
  let samples: { at: number; done: number }[] = [];
  return (done: number, total: number): Pace | undefined => {
    const at = now();
    samples = [...samples.filter((sample) => at - sample.at <= windowMs), { at, done }];
    const [first] = samples;
    if (!first || at === first.at || done <= first.done) return undefined;
    const perSecond = ((done - first.done) * 1000) / (at - first.at);
    return { perSecond, secondsLeft: (total - done) / perSecond };
  };
}

/** `2,431/s, 14 s left` */
export function paceText({ perSecond, secondsLeft }: Pace): string {
  return `${countText(Math.round(perSecond))}/s, ${durationText(secondsLeft * 1000)} left`;
}

/** `14 s`, `3 min 20 s`, `2 h 5 min` */
export function durationText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const countText = (count: number): string => count.toLocaleString('en');

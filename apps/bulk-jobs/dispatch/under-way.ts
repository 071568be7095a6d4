/** Items that were sent and have not ended, as the look at the beginning of a pass has found them. */
export interface UnderWay {
  /** items that nobody has taken up yet, by job */
  accepted: Counts;
  /** items for a platform, by platform and job, whether taken up or not */
  ofPlatforms: Map<string, Counts>;
}

/** How many, by name. */
export type Counts = Map<string, number>;

export const add = (counts: Counts, name: string, number = 1): void =>
  void counts.set(name, (counts.get(name) ?? 0) + number);

export const totalOf = (counts: Counts | undefined): number =>
  counts ? [...counts.values()].reduce((sum, count) => sum + count, 0) : 0;

/** Counts items of a job for a platform. */
export function addToPlatform({ ofPlatforms }: UnderWay, platform: string, jobId: string, items = 1): void {
  const counts = ofPlatforms.get(platform) ?? new Map<string, number>();
  ofPlatforms.set(platform, counts);
  add(counts, jobId, items);
}

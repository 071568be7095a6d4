/** Pseudo-random choices that can be made again: the seed is printed, and SIMYARD_TEST_SEED sets it. */
export interface Random {
  /** at least 0, below `limit` */
  int(limit: number): number;
  /** whether something of this probability happens */
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  shuffle<T>(items: readonly T[]): T[];
}

export function seededRandom(label: string): Random {
  const seed = Number(process.env['SIMYARD_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  process.stderr.write(`${label}: SIMYARD_TEST_SEED=${seed}\n`);
  const next = mulberry32(seed);
  const int = (limit: number): number => Math.floor(next() * limit);
  return {
    int,
    chance: (probability) => next() < probability,
    pick: (items) => {
      const picked = items[int(items.length)];
      if (picked === undefined) throw new Error('Nothing to pick from');
      return picked;
    },
    shuffle: (items) =>
      items
        .map((item) => ({ item, rank: next() }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ item }) => item),
  };
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

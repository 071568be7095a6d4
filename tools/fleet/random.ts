export interface Random {
  /** in [0, 1) */
  next(): number;
  /** one of the entries, as often as its weight says */
  pick<T>(weighted: readonly (readonly [entry: T, weight: number])[]): T;
}

/** The same numbers for the same seed, on every machine (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, pick: (weighted) => pick(next(), weighted) };
}

function pick<T>(random: number, weighted: readonly (readonly [T, number])[]): T {
  const total = weighted.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random * total;
  for (const [entry, weight] of weighted) {
    left -= weight;
    if (left < 0) return entry;
  }
  throw new Error('Nothing to pick from');
}

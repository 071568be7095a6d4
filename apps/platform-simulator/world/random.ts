/** Whole numbers from `min` to `max`, both included. */
export interface Range {
  min: number;
  max: number;
}

/**
 * A number from 0 up to 1 that follows from the seed and the parts alone. Nothing is drawn from a sequence, so that a run
 * repeats although its requests come in another order.
 */
export function draw(seed: number, ...parts: (string | number)[]): number {
  let hash = 0x811c9dc5 ^ seed;
  for (const character of parts.join('\n')) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (mix(hash) >>> 0) / 2 ** 32;
}

export const within = ({ min, max }: Range, drawn: number): number => min + Math.floor(drawn * (max - min + 1));

/** The end of MurmurHash3: every bit of the input changes half of the output's. */
function mix(hash: number): number {
  const first = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return second ^ (second >>> 16);
}

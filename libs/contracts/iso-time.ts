let last = { time: Number.NaN, text: '' };

/** As `toISOString`, which formats digit by digit: most times of a batch are one and the same. */
export function isoTime(date: Date): string {
  const time = date.getTime();
  if (time !== last.time) last = { time, text: date.toISOString() };
  return last.text;
}

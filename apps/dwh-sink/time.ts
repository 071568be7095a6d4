const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** A moment of RFC 3339 from 1970 on, or undefined. JavaScript alone would take 30 February for 1 March. */
export function parseTime(text: string): Date | undefined {
  const [, year, month, day] = rfc3339.exec(text) ?? [];
  if (new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() !== Number(day)) return undefined;
  const time = new Date(text);
  return time.getTime() >= 0 && !text.includes('T24') ? time : undefined;
}

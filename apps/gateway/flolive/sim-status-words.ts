import type { SimStatus } from '#libs/contracts';

/** floLIVE's words for the status of a SIM. */
export const simStatusWords = {
  ACTIVE: 'ACTIVE',
  SUSPEND: 'SUSPENDED',
  INACTIVE: 'INACTIVE',
  TERMINATED: 'TERMINATED',
} as const satisfies Record<string, SimStatus>;

export type SimStatusWord = keyof typeof simStatusWords;
export const simStatusWordList = Object.keys(simStatusWords) as SimStatusWord[];

export const wordOf = (status: SimStatus): SimStatusWord | '' =>
  simStatusWordList.find((word) => simStatusWords[word] === status) ?? '';

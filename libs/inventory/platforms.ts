/** The operators' platforms a subscriber's SIM may be on. */
export const platforms = [
  'TMUS',
  'IOTA',
  'JASPER',
  '1NCE',
  'TMSP',
  'INTELSAT',
  'AIRLINQ',
  'STC',
  'TURKCELL',
  'GALAXY1',
] as const;

export type Platform = (typeof platforms)[number];

export const isPlatform = (name: string): name is Platform => (platforms as readonly string[]).includes(name);

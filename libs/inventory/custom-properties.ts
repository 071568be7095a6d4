import type { Sim } from './rows.js';

/** Whether two lists say the same, in the same order. */
export const sameCustomProperties = (a: Sim['customProperties'], b: Sim['customProperties']): boolean =>
  a.length === b.length && a.every(({ name, value }, index) => b[index]?.name === name && b[index].value === value);

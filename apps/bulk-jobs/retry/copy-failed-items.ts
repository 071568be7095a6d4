import type { Tx } from '#libs/postgres';
import { copyFailedItems } from './failed-items.sql.js';

/** Items of one statement, so that each stays far below the statement's time limit. */
const itemsPerCopy = 20_000;

/** Copies all failed items of a job to another, with operations of their own; returns how many. They never come here. */
export async function copyAllFailedItems(tx: Tx, from: string, to: string): Promise<number> {
  let total = 0;
  for (let after = 0, looked = itemsPerCopy; looked === itemsPerCopy;) {
    const chunk = await copyFailedItems(tx, { from, to, after, total, limit: itemsPerCopy });
    total += chunk.copied;
    ({ looked, last: after } = chunk);
  }
  return total;
}

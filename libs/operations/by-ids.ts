import { uuids } from '#libs/postgres';

const nil = '00000000-0000-0000-0000-000000000000';

/**
 * Names operations by parameter `first` and the two after it, which are those of `idsAndBounds`. The ids alone say it all, but
 * a plan that is kept for any ids would look for them in the partitions of all days; bounds leave out the others.
 */
export const byIds = (first: number, column = 'operation_id'): string =>
  `${column} = any($${first}::uuid[]) and ${column} between $${first + 1}::uuid and $${first + 2}::uuid`;

/** The ids, the smallest and the largest of them. */
export function idsAndBounds(operationIds: string[]): [Buffer, string, string] {
  const ids = operationIds.map((id) => id.toLowerCase());
  let [smallest, largest] = [ids[0] ?? nil, ids[0] ?? nil];
  for (const id of ids) {
    if (id < smallest) smallest = id;
    if (id > largest) largest = id;
  }
  return [uuids(ids), smallest, largest];
}

/**
 * Open, of operations named by id. Said by what it is not: the index of open operations is for those whose deadline passes,
 * and still lists, until VACUUM, each that has ended since; a planner that could use it would read it all to find a few.
 */
export const notEnded = (column = 'status'): string =>
  `${column} not in ('COMPLETED', 'COMPLETED_WITH_ERRORS', 'FAILED', 'CANCELLED', 'TIMED_OUT')`;

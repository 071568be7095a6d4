import { sweepWaiting } from '#libs/callbacks';
import type { Tx } from '#libs/postgres';

const beginning = '00000000-0000-0000-0000-000000000000';
const rowsPerLook = 1000;

export interface Sweep {
  due: number;
  /** more may be found at once */
  more: boolean;
}

/**
 * Finds the operations that have ended among those that callers wait for, a thousand at a look, round after round. Nobody
 * need say that one has ended: what happened while no monitor ran is found like the rest.
 */
export function createSweeper(database: Tx, rows = rowsPerLook): () => Promise<Sweep> {
  let after = beginning;
  return async () => {
    const { due, next } = await sweepWaiting(database, after, rows);
    after = next ?? beginning;
    return { due, more: due > 0 && next !== undefined };
  };
}

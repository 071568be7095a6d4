import type { Tx } from '#libs/postgres';

/** Items that were sent and not settled yet, in the order of their jobs. */
export const readItemsInFlight = (tx: Tx): Promise<{ ordinal: number; platform: string | null }[]> =>
  tx.query('select ordinal, platform from bulk.in_flight order by job_id, ordinal');

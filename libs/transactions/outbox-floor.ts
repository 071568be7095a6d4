import type { Tx } from '#libs/postgres';

/**
 * Where a relay may start to read. Positions are taken before commit, so the highest seen says nothing about rows that
 * are still to become visible. A mark pairs the last position taken with the id that the next transaction would get;
 * once every older transaction has ended, nothing at or below the mark can still appear.
 */
export interface OutboxFloor {
  position: bigint;
  mark?: { position: bigint; nextTransaction: bigint };
}

export const startFloor: OutboxFloor = { position: 0n };

/** `lowestLeft` is the first position still in the table as of a read from the floor, undefined when none was left. */
export function advanceFloor(floor: OutboxFloor, oldestRunning: bigint, lowestLeft: bigint | undefined): OutboxFloor {
  const { mark } = floor;
  if (mark === undefined || oldestRunning < mark.nextTransaction) return floor;
  const safe = lowestLeft !== undefined && lowestLeft <= mark.position ? lowestLeft - 1n : mark.position;
  return { position: safe > floor.position ? safe : floor.position };
}

/** Two statements in this order: a transaction that starts between them has positions above the one read first. */
export async function readMark(tx: Tx): Promise<{ position: bigint; nextTransaction: bigint }> {
  const [sequence] = await tx.query<{ last: string | null }>(
    `select pg_sequence_last_value(pg_get_serial_sequence('messaging.outbox', 'position')::regclass)::text as last`,
  );
  const [snapshot] = await tx.query<{ next: string }>(`select pg_snapshot_xmax(pg_current_snapshot())::text as next`);
  return { position: BigInt(sequence?.last ?? 0), nextTransaction: BigInt(snapshot?.next ?? 0) };
}

export async function readOldestRunning(tx: Tx): Promise<bigint> {
  const [snapshot] = await tx.query<{ oldest: string }>(
    `select pg_snapshot_xmin(pg_current_snapshot())::text as oldest`,
  );
  return BigInt(snapshot?.oldest ?? 0);
}

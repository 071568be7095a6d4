import type { Transactions, Tx } from './tx.js';

/** A fixed number of slots that live processes share among them, e.g. the outbox shards of a lane. */
export interface LeaseGroup {
  name: string;
  slots: number;
  /** this process; unique per start */
  owner: string;
  ttlMs: number;
}

/**
 * Renews this owner's slots, gives back what exceeds its fair share, takes free or expired ones up to it, and returns
 * the slots it now holds. They are its own for ttlMs from before the call, so a caller measures from there.
 * Must not run while work on a slot is under way: a slot given back may have a new owner at once.
 */
export function renewLeases(database: Transactions, group: LeaseGroup): Promise<number[]> {
  return database.transaction(async (tx) => {
    const share = Math.ceil(group.slots / (await announce(tx, group)));
    const held = await renew(tx, group);
    if (held.length > share) return giveBack(tx, group, held, share);
    return [...held, ...(await take(tx, group, share - held.length))];
  });
}

/** Gives all slots back at shutdown, so that others need not wait for the expiry. */
export async function releaseLeases(database: Transactions, group: LeaseGroup): Promise<void> {
  const parameters = [group.name, group.owner];
  await database.execute('delete from messaging.lease_member where group_name = $1 and owner = $2', parameters);
  await database.execute('delete from messaging.lease where group_name = $1 and owner = $2', parameters);
}

/** Returns how many live owners share the group, this one included. */
async function announce(tx: Tx, group: LeaseGroup): Promise<number> {
  await tx.execute(
    `insert into messaging.lease_member (group_name, owner, expires_at)
     values ($1, $2, clock_timestamp() + make_interval(secs => $3))
     on conflict (group_name, owner) do update set expires_at = excluded.expires_at`,
    [group.name, group.owner, group.ttlMs / 1000],
  );
  const [row] = await tx.query<{ members: number }>(
    `select count(*)::int as members from messaging.lease_member
     where group_name = $1 and (owner = $2 or expires_at > clock_timestamp())`,
    [group.name, group.owner],
  );
  return row?.members ?? 1;
}

async function renew(tx: Tx, group: LeaseGroup): Promise<number[]> {
  const rows = await tx.query<{ slot: number }>(
    `update messaging.lease set expires_at = clock_timestamp() + make_interval(secs => $3)
     where group_name = $1 and owner = $2 returning slot`,
    [group.name, group.owner, group.ttlMs / 1000],
  );
  return rows.map((row) => row.slot);
}

async function giveBack(tx: Tx, group: LeaseGroup, held: number[], share: number): Promise<number[]> {
  const sorted = held.toSorted((a, b) => a - b);
  await tx.execute('delete from messaging.lease where group_name = $1 and owner = $2 and slot = any($3::int[])', [
    group.name,
    group.owner,
    sorted.slice(share),
  ]);
  return sorted.slice(0, share);
}

async function take(tx: Tx, group: LeaseGroup, wanted: number): Promise<number[]> {
  if (wanted <= 0) return [];
  const rows = await tx.query<{ slot: number }>(
    `insert into messaging.lease as held (group_name, slot, owner, expires_at)
     select $1, free.slot, $2, clock_timestamp() + make_interval(secs => $3)
     from (
       select slot from generate_series(0, $4::int - 1) as slot
       where not exists (
         select from messaging.lease taken
         where taken.group_name = $1 and taken.slot = slot.slot and taken.expires_at > clock_timestamp())
       order by slot limit $5
     ) as free
     on conflict (group_name, slot) do update
       set owner = excluded.owner, expires_at = excluded.expires_at
       where held.expires_at <= clock_timestamp()
     returning slot`,
    [group.name, group.owner, group.ttlMs / 1000, group.slots, wanted],
  );
  return rows.map((row) => row.slot);
}

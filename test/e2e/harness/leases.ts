import type { Database } from '#libs/postgres';

export interface LeaseWatch {
  /** Shards that passed from an owner to another one so far. */
  takeovers(): number;
  /** Processes that hold a shard now. */
  holders(): number;
  stop(): Promise<void>;
}

/** Follows who relays which shard of the stream lane. */
export function watchLeases(database: Database): LeaseWatch {
  const owners = new Map<number, string>();
  let takeovers = 0;
  let looking: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    const rows = await database.query<{ slot: number; owner: string }>(
      `select slot, owner from messaging.lease where group_name = 'outbox stream'`,
    );
    for (const { slot, owner } of rows) {
      const before = owners.get(slot);
      if (before !== undefined && before !== owner) takeovers += 1;
      owners.set(slot, owner);
    }
  };
  const timer = setInterval(() => {
    looking = look().catch(() => undefined);
  }, 200);
  return {
    takeovers: () => takeovers,
    holders: () => new Set(owners.values()).size,
    stop: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}

import { uuids, type Tx } from '#libs/postgres';

/** The platforms of these subscribers' SIMs, by the subscribers' ids. */
export async function readPlatforms(tx: Tx, subscriberIds: string[]): Promise<Map<string, string>> {
  if (subscriberIds.length === 0) return new Map();
  const rows = await tx.query<{ subscriberId: string; platform: string }>(
    `select subscriber_id as "subscriberId", platform from inventory.sim
     where subscriber_id = any((select $1::uuid[])::uuid[]) and platform is not null`,
    [uuids(subscriberIds)],
  );
  return new Map(rows.map(({ subscriberId, platform }) => [subscriberId, platform]));
}

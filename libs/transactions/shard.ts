/** Fixed for years: a shard is leased as a whole, so that one relay at a time publishes an entity's changes. */
export const shardCount = 64;

/** FNV-1a of the aggregate's id. */
export function shardOf(aggregateId: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < aggregateId.length; index += 1) {
    hash = Math.imul(hash ^ aggregateId.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % shardCount;
}

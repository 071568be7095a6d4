import type { EntityChanged } from '#libs/contracts';

/** A change as it came: decoded and valid, with the event's id and its place in Kafka. */
export interface ReceivedChange {
  change: EntityChanged;
  /** CloudEvents id; a repeat carries the same */
  eventId: string;
  topic: string;
  partition: number;
  offset: bigint;
}

/** Names an entity; types have no slash. */
export function entityKey(entity: { entityType: string; entityId: string }): string {
  return `${entity.entityType}/${entity.entityId}`;
}

export function versionKey(change: { entityType: string; entityId: string; version: number }): string {
  return `${change.version}/${entityKey(change)}`;
}

/** By bytes, as Postgres sorts under collation "C" (but for characters beyond the basic plane): one order for all locks. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

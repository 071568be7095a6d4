import type { EntityChanged } from '#libs/contracts';

/** A change as it came: decoded and valid, with the event's id and its place in Kafka. */
export interface ReceivedChange {
  change: EntityChanged;
  /** the change's states as JSON text: made once, stored in two tables */
  json: { before: string | null; after: string | null };
  /** CloudEvents id; a repeat carries the same */
  eventId: string;
  topic: string;
  partition: number;
  offset: bigint;
}

/** For `json` of a received change. */
export const statesAsJson = ({ before, after }: EntityChanged): ReceivedChange['json'] => ({
  before: before === null ? null : JSON.stringify(before),
  after: after === null ? null : JSON.stringify(after),
});

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

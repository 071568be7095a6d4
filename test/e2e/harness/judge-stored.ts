import { isDeepStrictEqual } from 'node:util';
import type { EntityChanged } from '#libs/contracts';
import type { Published } from './published.js';
import type { StoredChange, StoredLatest, StoredResource } from './state.js';

type Change = Published<EntityChanged>;

/** The last published change of each entity. */
export const latestOf = (changes: Change[]): Map<string, EntityChanged> =>
  new Map(changes.map(({ value }) => [`${value.entityType} ${value.entityId}`, value]));

/** Promise 3: the resources in use are those of the last published versions, and no other. */
export function stateProblems(changes: Change[], resources: StoredResource[]): string[] {
  const published = [...latestOf(changes).values()]
    .filter(({ entityType, after }) => entityType === 'SubscriberResource' && after !== null)
    .map(
      ({ entityId, version, after }) =>
        `${entityId} ${version} ${String(after?.['subscriberId'])} ${String(after?.['value'])}`,
    );
  const stored = resources.map((row) => `${row.resourceId} ${row.version} ${row.subscriberId} ${row.value}`);
  return differences(published, stored, 'published, not in the inventory', 'in the inventory, not published');
}

/** Promise 7: the warehouse has exactly the published changes, with a position at which each stands. */
export function warehouseProblems(changes: Change[], stored: StoredChange[]): string[] {
  const byEvent = new Map(stored.map((row) => [row.eventId, row]));
  const problems = differences(
    changes.map(({ eventId }) => eventId),
    stored.map(({ eventId }) => eventId),
    'published, not in the warehouse',
    'in the warehouse, not published',
  );
  for (const change of changes) {
    const row = byEvent.get(change.eventId);
    if (row && !isStoredAs(change, row)) problems.push(`${change.eventId} is stored with another content or position`);
  }
  return problems;
}

function isStoredAs({ value, partition, offsets }: Change, row: StoredChange): boolean {
  const { entityType, entityId, version, operation, sequence, before, after } = value;
  const published = { entityType, entityId, version, operation, sequence, before, after };
  const stored = Object.fromEntries(Object.keys(published).map((key) => [key, row[key as keyof typeof published]]));
  return (
    isDeepStrictEqual(published, stored) &&
    row.businessTransactionId === value.businessTransaction.id &&
    row.partition === partition &&
    offsets.includes(BigInt(row.offset))
  );
}

/** The warehouse's latest state of each entity is that of its last published change. */
export function latestProblems(changes: Change[], latest: StoredLatest[]): string[] {
  const published = [...latestOf(changes)].map(
    ([entity, { version, after }]) => `${entity} ${version} ${textOf(after)}`,
  );
  const stored = latest.map((row) => `${row.entityType} ${row.entityId} ${row.version} ${textOf(row.state)}`);
  return differences(published, stored, 'published last, not the latest', 'the latest, not published last');
}

/** JSON with sorted properties. */
const textOf = (state: EntityChanged['after']): string =>
  state === null ? 'null' : JSON.stringify(Object.entries(state).sort(([a], [b]) => (a < b ? -1 : 1)));

function differences(wanted: string[], found: string[], missing: string, surplus: string): string[] {
  const left = new Map<string, number>();
  for (const item of wanted) left.set(item, (left.get(item) ?? 0) + 1);
  for (const item of found) left.set(item, (left.get(item) ?? 0) - 1);
  return [...left]
    .filter(([, count]) => count !== 0)
    .map(([item, count]) => `${count > 0 ? missing : surplus}: ${item}`);
}

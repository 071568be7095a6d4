import { isDeepStrictEqual } from 'node:util';
import type { EntityChanged } from '#libs/contracts';
import { compareText, entityKey, versionKey, type ReceivedChange } from './received-change.js';

/** Versions of an entity that were jumped over, as seen from the change that came after them. */
export interface MissingVersions {
  change: EntityChanged;
  from: number;
  to: number;
}

/** What a batch writes. Rows of each list are sorted by entity and version. */
export interface BatchPlan {
  inserts: ReceivedChange[];
  /** highest change of each entity seen for the first time */
  firsts: ReceivedChange[];
  /** highest change of each entity that has a latest row, where it is newer */
  successors: ReceivedChange[];
  missing: MissingVersions[];
  /** inserts below the entity's latest version: each closes a gap */
  fills: ReceivedChange[];
  repeats: number;
  /** a stored version with another content; never written */
  conflicts: ReceivedChange[];
}

/** A plan that writes nothing. */
export const nothingToDo = (): BatchPlan => ({
  inserts: [],
  firsts: [],
  successors: [],
  missing: [],
  fills: [],
  repeats: 0,
  conflicts: [],
});

/**
 * The changes by entity, in key order, and of each entity by version, if those of each follow each other without a gap and
 * none creates its entity; else undefined.
 */
export function findRuns(received: ReceivedChange[]): ReceivedChange[][] | undefined {
  const entities = byEntity(received);
  return entities.every(isRun) ? entities : undefined;
}

function isRun(versions: ReceivedChange[]): boolean {
  const first = versions[0]?.change.version ?? 1;
  return first > 1 && versions.every(({ change }, index) => change.version === first + index);
}

/**
 * Decides what of a batch is new. `latest`: highest stored version by entityKey. `stored`: by versionKey, the stored
 * changes among those of the batch that are not above the latest version. The first of two equal versions counts.
 */
export function planBatch(
  received: ReceivedChange[],
  latest: ReadonlyMap<string, number>,
  stored: ReadonlyMap<string, EntityChanged>,
): BatchPlan {
  const plan = nothingToDo();
  for (const versions of byEntity(received)) planEntity(plan, versions, latest, stored);
  return plan;
}

function planEntity(
  plan: BatchPlan,
  versions: ReceivedChange[],
  latest: ReadonlyMap<string, number>,
  stored: ReadonlyMap<string, EntityChanged>,
): void {
  const known = versions[0] && latest.get(entityKey(versions[0].change));
  let reached = known ?? 0;
  let previous: EntityChanged | undefined;
  let highest: ReceivedChange | undefined;
  for (const received of versions) {
    const { change } = received;
    const same = previous?.version === change.version ? previous : stored.get(versionKey(change));
    if (same) {
      countAgain(plan, received, same);
      continue;
    }
    plan.inserts.push(received);
    previous = change;
    if (change.version < reached) {
      plan.fills.push(received);
      continue;
    }
    if (change.version > reached + 1) plan.missing.push({ change, from: reached + 1, to: change.version - 1 });
    reached = change.version;
    highest = received;
  }
  if (highest) (known === undefined ? plan.firsts : plan.successors).push(highest);
}

function countAgain(plan: BatchPlan, received: ReceivedChange, same: EntityChanged): void {
  if (isSameChange(received.change, same)) plan.repeats += 1;
  else plan.conflicts.push(received);
}

/** Entities in key order, each with its changes by version; changes of one version stay in the order they came. */
function byEntity(received: ReceivedChange[]): ReceivedChange[][] {
  const entities = Map.groupBy(received, ({ change }) => entityKey(change));
  return [...entities]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, changes]) => changes.sort((a, b) => a.change.version - b.change.version));
}

/** Compares what the warehouse keeps of a change, whatever the JSON's spacing and order of properties. */
function isSameChange(a: EntityChanged, b: EntityChanged): boolean {
  return (
    a.businessTransaction.id === b.businessTransaction.id &&
    a.sequence === b.sequence &&
    a.operation === b.operation &&
    a.businessTransaction.tenant === b.businessTransaction.tenant &&
    a.businessTransaction.accountId === b.businessTransaction.accountId &&
    Date.parse(a.businessTransaction.occurredAt) === Date.parse(b.businessTransaction.occurredAt) &&
    isDeepStrictEqual(a.before, b.before) &&
    isDeepStrictEqual(a.after, b.after)
  );
}

import { isDeepStrictEqual } from 'node:util';
import type { CommandOutcome, EntityChanged } from '#libs/contracts';
import type { Published } from './published.js';

type Change = Published<EntityChanged>;

const entityOf = ({ value }: Change): string => `${value.entityType} ${value.entityId}`;

/** Promise 4: an entity's versions run from 1 without a gap in the order of publication, each from where the last one ended. */
export function versionProblems(changes: Change[]): string[] {
  const problems: string[] = [];
  for (const [entity, its] of Map.groupBy(changes, entityOf)) {
    if (new Set(its.map(({ partition }) => partition)).size > 1) problems.push(`${entity} is in several partitions`);
    let before: EntityChanged['before'] = null;
    for (const [index, { value }] of its.entries()) {
      if (value.version !== index + 1) problems.push(`${entity}: version ${value.version} in place ${index + 1}`);
      if (!isDeepStrictEqual(value.before, before)) problems.push(`${entity}: ${value.version} is no successor`);
      before = value.after;
    }
  }
  return problems;
}

/**
 * Promise 3 as seen from outside: changes come from completed commands, all of them, and from nothing else. `answered`:
 * commands that repeat another's request, and so complete with its transaction.
 */
export function transactionProblems(
  changes: Change[],
  outcomes: Published<CommandOutcome>[],
  answered: ReadonlySet<string>,
): string[] {
  const byCommand = Map.groupBy(changes, ({ value }) => value.businessTransaction.commandId);
  const transactions = new Set(changes.map(({ value }) => value.businessTransaction.id));
  const completed = outcomes.map(({ value }) => value).filter(({ status }) => status === 'COMPLETED');
  const problems = completed.flatMap((outcome) => {
    const its = byCommand.get(outcome.commandId) ?? [];
    byCommand.delete(outcome.commandId);
    if (!answered.has(outcome.commandId)) return incompleteness(outcome, its);
    const isAnother = its.length === 0 && transactions.has(outcome.businessTransactionId ?? '');
    return isAnother ? [] : [`${outcome.commandId} did not get the answer of the request it repeats`];
  });
  return [...problems, ...[...byCommand.keys()].map((id) => `${id} changed something, but did not complete`)];
}

function incompleteness({ commandId, businessTransactionId }: CommandOutcome, changes: Change[]): string[] {
  const headers = changes.map(({ value }) => value.businessTransaction);
  const ids = new Set(headers.map(({ id }) => id));
  if (ids.size !== 1 || !ids.has(businessTransactionId ?? '')) {
    return [`${commandId} has the transactions ${[...ids].join(' ')}`];
  }
  const complete = headers.every(({ entityCount }) => entityCount === changes.length);
  return complete ? [] : [`${commandId}: ${changes.length} changes of its transaction were published`];
}

interface Tenure {
  number: string;
  resourceId: string;
  from: number;
  to: number;
}

/** A number has at most one holder at each moment. Tenures are half-open: one may begin when another ends. */
export function holderProblems(changes: Change[]): string[] {
  const problems: string[] = [];
  for (const [number, tenures] of Map.groupBy(tenuresOf(changes), (tenure) => tenure.number)) {
    tenures.sort((a, b) => a.from - b.from || a.to - b.to);
    for (const [index, tenure] of tenures.entries()) {
      const next = tenures[index + 1];
      if (next && next.from < tenure.to)
        problems.push(`${number}: ${tenure.resourceId} and ${next.resourceId} have it`);
    }
  }
  return problems;
}

function tenuresOf(changes: Change[]): Tenure[] {
  const resources = changes.filter(({ value }) => value.entityType === 'SubscriberResource');
  return [...Map.groupBy(resources, entityOf).values()].flatMap((its) =>
    its.flatMap(({ value }, index) => {
      if (value.after === null) return [];
      const from = Date.parse(value.businessTransaction.occurredAt);
      const next = its[index + 1]?.value.businessTransaction.occurredAt;
      const to = next === undefined ? Infinity : Date.parse(next);
      return [{ number: String(value.after['value']), resourceId: value.entityId, from, to }];
    }),
  );
}

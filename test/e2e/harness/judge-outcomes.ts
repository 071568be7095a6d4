import type { CommandOutcome } from '#libs/contracts';
import type { Expected } from './model.js';
import type { Published } from './published.js';
import type { StoredOperation } from './state.js';

/** Promises 1 and 2: each command of the ledger has one outcome and one operation, and they say the same. */
export function outcomeProblems(
  ids: ReadonlySet<string>,
  outcomes: Published<CommandOutcome>[],
  operations: StoredOperation[],
): string[] {
  const outcomesOf = Map.groupBy(outcomes, ({ value }) => value.commandId);
  const operationsOf = Map.groupBy(operations, ({ commandId }) => commandId);
  const strangers = [...outcomesOf.keys(), ...operationsOf.keys()].filter((id) => !ids.has(id));
  const problems = strangers.map((id) => `${id} was never sent, but has an outcome or an operation`);
  for (const id of ids) {
    const [outcome, ...more] = outcomesOf.get(id) ?? [];
    const [operation, ...others] = operationsOf.get(id) ?? [];
    if (!outcome) problems.push(`${id} has no outcome`);
    if (more.length > 0) problems.push(`${id} has ${more.length + 1} outcomes`);
    if (!operation) problems.push(`${id} has no operation`);
    if (others.length > 0) problems.push(`${id} has ${others.length + 1} operations`);
    if (outcome && operation) problems.push(...disagreement(outcome.value, operation));
  }
  return problems;
}

function disagreement({ commandId, operationId, status }: CommandOutcome, operation: StoredOperation): string[] {
  const wanted = status === 'COMPLETED' ? 'COMPLETED' : 'FAILED';
  const agree = operation.operationId === operationId && operation.status === wanted;
  return agree ? [] : [`${commandId} ended ${status}, its operation ${operation.status}`];
}

/** Whether commands ended as the model says: COMPLETED, or REJECTED with a code. */
export function expectationProblems(
  expected: ReadonlyMap<string, Expected>,
  outcomes: Published<CommandOutcome>[],
): string[] {
  const ended = new Map(outcomes.map(({ value }) => [value.commandId, endOf(value)]));
  return [...expected]
    .filter(([id, end]) => ended.get(id) !== end)
    .map(([id, end]) => `${id} should have ended ${end}, and ended ${ended.get(id) ?? 'not at all'}`);
}

/** COMPLETED, the code of a refusal, or FAILED and the cause of the dead letter. */
export const endOf = ({ status, error }: CommandOutcome): string =>
  status === 'COMPLETED'
    ? 'COMPLETED'
    : status === 'REJECTED'
      ? (error?.code ?? 'REJECTED')
      : `${status} ${error?.code}`;

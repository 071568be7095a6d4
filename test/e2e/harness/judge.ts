import { commandOutcomesTopic } from '#libs/contracts';
import type { Database } from '#libs/postgres';
import { eventually } from '#libs/testing';
import { holderProblems, transactionProblems, versionProblems } from './judge-changes.js';
import { expectationProblems, outcomeProblems } from './judge-outcomes.js';
import { latestProblems, stateProblems, warehouseProblems } from './judge-stored.js';
import type { Ledger } from './ledger.js';
import type { Expected } from './model.js';
import { readPublished, type PublishedAll } from './published.js';
import type { Reader } from './reader.js';
import { countRows, readLatest, readOperations, readResources, readWarehouse } from './state.js';

export interface Case {
  ledger: Ledger;
  reader: Reader;
  database: Database;
  /** how commands must end, where the model knows; by command id */
  expected: ReadonlyMap<string, Expected>;
  /** commands that repeat another's request and get its answer */
  answered: ReadonlySet<string>;
}

export interface Verdict extends PublishedAll {
  /** commands sent, each counted once */
  commands: number;
}

/** Resolves when every command of the ledger has an outcome, the outbox is empty and all of it has been read and stored. */
export async function untilSettled({ ledger, reader, database }: Case, timeoutMs = 120_000): Promise<void> {
  await eventually(
    () => {
      const ended = new Set(reader.of(commandOutcomesTopic).map(({ key }) => key?.toString()));
      const open = [...ledger.ids].filter((id) => !ended.has(id));
      if (open.length > 0) throw new Error(`${open.length} of ${ledger.ids.size} commands have no outcome`);
    },
    { timeoutMs, intervalMs: 200 },
  );
  await eventually(async () => expectNothing(await countRows(database, 'messaging.outbox'), 'rows in the outbox'), {
    timeoutMs,
    intervalMs: 50,
  });
  await reader.catchUp();
  const published = readPublished(reader).changes.length;
  await eventually(
    async () => expectNothing(published - (await countRows(database, 'dwh.entity_change')), 'changes to be stored'),
    { timeoutMs, intervalMs: 100 },
  );
}

function expectNothing(left: number, what: string): void {
  if (left > 0) throw new Error(`${left} ${what}`);
}

/** Everything that can be said against what became of the ledger; an empty list is the promise kept. */
export async function judge(settled: Case): Promise<{ verdict: Verdict; problems: string[] }> {
  const { ledger, reader, database, expected, answered } = settled;
  const published = readPublished(reader);
  const { outcomes, changes } = published;
  const problems = [
    ...published.problems,
    ...outcomeProblems(ledger.ids, outcomes, await readOperations(database)),
    ...expectationProblems(expected, outcomes),
    ...versionProblems(changes),
    ...transactionProblems(changes, outcomes, answered),
    ...holderProblems(changes),
    ...stateProblems(changes, await readResources(database)),
    ...warehouseProblems(changes, await readWarehouse(database)),
    ...latestProblems(changes, await readLatest(database)),
  ];
  return { verdict: { ...published, commands: ledger.ids.size }, problems: problems.slice(0, 20) };
}

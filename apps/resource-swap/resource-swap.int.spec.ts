import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { resourceTypeSource, type Resource, type Subscriber } from '#libs/inventory';
import { openDatabase, type Database, type Tx } from '#libs/postgres';
import {
  acme,
  codeOf,
  command,
  eventually,
  resourceRow,
  saveAccounts,
  saveInventory,
  subscriberId,
  subscriberRow,
  testDatabase,
  VersionLedger,
  type TestDatabase,
} from '#libs/testing';
import { handlerContext, type Command, type CommandHandler, type Decision } from '#libs/transactions';
import { createSubscriberResource } from './create/create-resource.handler.js';
import { deleteSubscriberResource } from './delete/delete-resource.handler.js';
import { swapSubscriberResource } from './swap/swap-resource.handler.js';
import {
  actorOf,
  numbers,
  resourceData,
  ResourceModel,
  steps,
  subscribers,
  swapCommand,
  type Step,
} from './testing/resource-model.js';

const types = resourceTypeSource();
const [create, remove, swap] = [
  createSubscriberResource(types),
  deleteSubscriberResource(types),
  swapSubscriberResource(types),
];
const [n1, n2, n3] = numbers;

const swapOf = (subscriber: string, old: string, fresh: string) => swapCommand({ subscriber, old, fresh });

/** Numbers from 0 to 1, the same in each run. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('resource-swap on Postgres', () => {
  let testDb: TestDatabase;
  let database: Database;
  let reruns = 0;

  beforeAll(async () => {
    testDb = await testDatabase();
    database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 8 });
    await saveAccounts(database);
  });

  afterAll(async () => {
    await database.close();
    await testDb.drop();
  });

  beforeEach(async () => {
    reruns = 0;
    await database.execute(
      'truncate inventory.subscriber, inventory.resource, inventory.resource_history, inventory.sim',
    );
  });

  const save = (rows: { subscribers: Subscriber[]; resources?: Resource[] }) => saveInventory(database, rows);

  /** A and B with one number each. */
  async function savePair(): Promise<void> {
    const [a, b] = [subscriberRow('A'), subscriberRow('B')];
    await save({ subscribers: [a, b], resources: [resourceRow(a, 'MSISDN', n1), resourceRow(b, 'MSISDN', n2)] });
  }

  /** As the runner does: again when another transaction changed the rows. */
  async function run<Data>(handler: CommandHandler<Data>, commands: Command<Data>[]): Promise<Decision[]> {
    for (;;) {
      try {
        return await database.transaction((tx) => handler(commands, handlerContext(tx)));
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'CONCURRENT_CHANGE')) throw error;
        reruns++;
      }
    }
  }

  async function holders(): Promise<Map<string, string>> {
    const rows = await database.query<{ value: string; holder: string }>(
      `select value, external_id as holder from inventory.resource join inventory.subscriber using (subscriber_id)`,
    );
    return new Map(rows.map((row) => [row.value, row.holder]));
  }

  const history = () =>
    database.query<{ holder: string; value: string; version: number; validFrom: Date; validTo: Date }>(
      `select external_id as holder, value, h.version, valid_from as "validFrom", valid_to as "validTo"
       from inventory.resource_history h join inventory.subscriber using (subscriber_id)`,
    );

  /** Runs `first` and holds its transaction open until `second` waits for one of its locks. */
  async function race<T, U>(first: (tx: Tx) => Promise<T>, second: () => Promise<U>): Promise<[T, U]> {
    const locked = Promise.withResolvers<undefined>();
    const one = database.transaction(async (tx) => {
      const result = await first(tx);
      locked.resolve(undefined);
      await eventually(async () => {
        // Outside the transaction: within one, pg_stat_activity shows what it showed first.
        const rows = await database.query(
          `select 1 from pg_stat_activity
           where datname = current_database() and wait_event_type = 'Lock' and backend_type = 'client backend'`,
        );
        expect(rows.length).toBeGreaterThan(0);
      });
      return result;
    });
    await locked.promise;
    return Promise.all([one, second()]);
  }

  it('does a chain of swaps in one batch', async () => {
    await savePair();
    const decisions = await run(swap, [swapOf('A', n1, n3), swapOf('B', n2, n1), swapOf('A', n3, n2)]);
    expect(decisions.map(codeOf)).toEqual([undefined, undefined, undefined]);
    expect(await holders()).toEqual(
      new Map([
        [n1, 'B'],
        [n2, 'A'],
      ]),
    );
    const ended = await history();
    expect(ended.map((row) => `${row.holder} ${row.value} ${row.version}`).sort()).toEqual([
      `A ${n1} 1`,
      `A ${n3} 2`,
      `B ${n2} 1`,
    ]);
  });

  it('gives a number back to the same row within a batch', async () => {
    await savePair();
    await run(swap, [swapOf('A', n1, n3), swapOf('A', n3, n1)]);
    expect(await database.query('select value, version from inventory.resource order by value')).toEqual([
      { value: n1, version: 3 },
      { value: n2, version: 1 },
    ]);
  });

  it('gives a free number to exactly one of two concurrent transactions', async () => {
    await savePair();
    const [won, lost] = await race(
      (tx) => swap([swapOf('A', n1, n3)], handlerContext(tx)),
      () => run(swap, [swapOf('B', n2, n3)]),
    );
    expect([...won, ...lost].map(codeOf)).toEqual([undefined, 'RESOURCE_IN_USE']);
    expect((await holders()).get(n3)).toBe('A');
    expect(reruns).toBe(1);
  });

  it('waits for who gives the number up, and comes after him in time', async () => {
    await savePair();
    const [first, second] = await race(
      (tx) => swap([swapOf('A', n1, n3)], handlerContext(tx)),
      () => run(swap, [swapOf('B', n2, n1)]),
    );
    expect([...first, ...second].map(codeOf)).toEqual([undefined, undefined]);
    const [given] = first;
    const [taken] = second;
    if (given?.status !== 'COMPLETED' || taken?.status !== 'COMPLETED') throw new Error('refused');
    expect(taken.occurredAt.getTime()).toBeGreaterThanOrEqual(given.occurredAt.getTime());
  });

  it('lets opposite swaps of two concurrent transactions follow each other', async () => {
    await savePair();
    const [first, second] = await race(
      (tx) => swap([swapOf('A', n1, n3), swapOf('B', n2, n1)], handlerContext(tx)),
      () => run(swap, [swapOf('B', n1, n2), swapOf('A', n3, n1)]),
    );
    expect([...first, ...second].map(codeOf)).toEqual([undefined, undefined, undefined, undefined]);
    expect(await holders()).toEqual(
      new Map([
        [n1, 'A'],
        [n2, 'B'],
      ]),
    );
  });

  it('runs again when the number got a holder between the look and the locks', async () => {
    const [a, b] = [subscriberRow('A'), subscriberRow('B')];
    await save({ subscribers: [a, b], resources: [resourceRow(a, 'MSISDN', n1)] });
    const [, decisions] = await race(
      async (tx) => {
        await tx.query('select from inventory.subscriber where subscriber_id = $1 for update', [subscriberId('A')]);
        await create(
          [command('CreateSubscriberResource', resourceData({ subscriber: 'B', number: n2 }), acme)],
          handlerContext(tx),
        );
      },
      () => run(swap, [swapOf('A', n1, n2)]),
    );
    expect(decisions.map(codeOf)).toEqual(['RESOURCE_IN_USE']);
    expect(reruns).toBe(1);
  });

  it('takes the number of a Deactivated subscriber, whose assignment ends in the same transaction', async () => {
    const [a, gone] = [subscriberRow('A'), subscriberRow('GONE', { state: 'Deactivated', accountId: 'GLOBEX' })];
    const resources = [resourceRow(a, 'MSISDN', n1), resourceRow(gone, 'MSISDN', n2, { version: 5 })];
    await save({ subscribers: [a, gone], resources });
    const [decision] = await run(swap, [swapOf('A', n1, n2)]);
    expect(decision).toMatchObject({
      changes: [
        { operation: 'UPDATED', version: 2 },
        { operation: 'DELETED', version: 6, tenantId: 'GLOBEX' },
      ],
    });
    expect(await holders()).toEqual(new Map([[n2, 'A']]));
    expect((await history()).map((row) => `${row.holder} ${row.value} ${row.version}`).sort()).toEqual([
      `A ${n1} 1`,
      `GONE ${n2} 5`,
    ]);
  });

  it('changes nothing when all commands are refused, and takes an empty reference', async () => {
    await savePair();
    const decisions = await run(swap, [swapOf('A', n1, n2), command('SwapSubscriberResource', {}, acme)]);
    expect(decisions.map(codeOf)).toEqual(['RESOURCE_IN_USE', 'REQUEST_ID_REQUIRED']);
    expect(await history()).toEqual([]);
  });

  function runStep(step: Step): Promise<Decision[]> {
    const actor = actorOf(step.subscriber);
    if (step.kind === 'create') return run(create, [command('CreateSubscriberResource', resourceData(step), actor)]);
    if (step.kind === 'delete') return run(remove, [command('DeleteSubscriberResource', resourceData(step), actor)]);
    if (step.kind === 'swap') return run(swap, [swapCommand(step)]);
    return database
      .execute(`update inventory.subscriber set state = 'Deactivated', version = version + 1 where external_id = $1`, [
        step.subscriber,
      ])
      .then(() => []);
  }

  /** Swaps that follow each other become one batch. */
  async function runAll(sequence: Step[]): Promise<Decision[]> {
    const decisions: Decision[] = [];
    let batch: Command<typeof swapCommand extends (...args: never[]) => Command<infer D> ? D : never>[] = [];
    const flush = async () => {
      if (batch.length > 0) decisions.push(...(await run(swap, batch)));
      batch = [];
    };
    for (const step of sequence) {
      if (step.kind === 'swap') {
        batch.push(swapCommand(step));
        continue;
      }
      await flush();
      decisions.push(...(await runStep(step)));
    }
    await flush();
    return decisions;
  }

  const saveFleet = () => {
    const rows = subscribers.map((name) =>
      subscriberRow(name, { accountId: actorOf(name).tenantId === 'GLOBEX' ? 'GLOBEX' : 'ACME-TT' }),
    );
    return save({ subscribers: rows });
  };

  const start = numbers.map((number, i): Step => ({ kind: 'create', subscriber: subscribers[i] ?? 'A', number }));

  it('answers and stores any commands in any batches as the model does', async () => {
    const property = fc.asyncProperty(steps, async (sequence) => {
      await database.execute('truncate inventory.subscriber, inventory.resource, inventory.resource_history');
      await saveFleet();
      const [model, ledger] = [new ResourceModel(), new VersionLedger()];
      const all = [...start, ...sequence];
      const expected = all
        .map((step) => ({ step, code: model.apply(step) }))
        .filter(({ step }) => step.kind !== 'deactivate');
      const decisions = await runAll(all);
      expect(decisions.map(codeOf)).toEqual(expected.map(({ code }) => code));
      expect(decisions.flatMap((decision) => ledger.add(decision))).toEqual([]);
      expect(await holders()).toEqual(model.holders);
      expect((await history()).map((row) => `${row.holder} ${row.value}`).sort()).toEqual(model.ended.toSorted());
    });
    await fc.assert(property, { numRuns: 25 });
  });

  it('keeps numbers unique and versions gapless under concurrent transactions', async () => {
    await saveFleet();
    for (const step of start) await runStep(step);
    const names = subscribers.filter((name) => actorOf(name) === acme);
    const targets = [...numbers.slice(0, 3), '18685550106', '18685550107', '18685550108'];
    const random = seededRandom(7);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
    const worker = async (): Promise<Decision[]> => {
      const decisions: Decision[] = [];
      for (let round = 0; round < 40; round++) {
        const commands = Array.from({ length: 12 }, () => swapOf(pick(names), pick(targets), pick(targets)));
        decisions.push(...(await run(swap, commands)));
      }
      return decisions;
    };
    const decisions = (await Promise.all([worker(), worker(), worker(), worker()])).flat();
    const changes = decisions.flatMap((decision) => (decision.status === 'COMPLETED' ? decision.changes : []));
    expect(changes.length).toBeGreaterThan(100);
    const versions = Map.groupBy(changes, (change) => change.entityId);
    for (const own of versions.values()) {
      const sorted = own.map((change) => change.version).toSorted((a, b) => a - b);
      expect(sorted).toEqual(sorted.map((_, i) => i + 2));
    }
    const current = await database.query<{ id: string; version: number }>(
      'select resource_id as id, version from inventory.resource',
    );
    expect(current).toHaveLength(numbers.length);
    for (const { id, version } of current) expect(version).toBe((versions.get(id)?.length ?? 0) + 1);
    expect(await history()).toHaveLength(changes.length);
    const overlaps = await database.query(
      `select from inventory.resource_history a join inventory.resource_history b
         on a.resource_id = b.resource_id and b.version = a.version + 1 and b.valid_from <> a.valid_to`,
    );
    expect(overlaps).toEqual([]);
  });
});

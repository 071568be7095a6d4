import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '#libs/runtime';
import { eventually } from '#libs/testing';
import { storeBatch } from '../sink/store.js';
import { change, received, versions } from '../testing/changes.js';
import { testWarehouse, type TestWarehouse } from '../testing/warehouse.js';
import { readTransactionGaps, readVersionGaps } from './gaps.sql.js';
import { watchGaps } from './watch-gaps.js';

describe('gaps', () => {
  let warehouse: TestWarehouse;
  const view = { tenantId: 'ACME', accountIds: null };
  const log = createLogger('test', 'silent');
  const transaction = { id: '0199c2a0-0000-7000-8000-000000000001', entityCount: 2 };
  const first = received(change({ entityId: 'a', transaction }));
  const second = received(change({ entityId: 'b', sequence: 2, transaction }));

  beforeAll(async () => {
    warehouse = await testWarehouse();
  });
  beforeEach(() => warehouse.reset());
  afterAll(() => warehouse.drop());

  it('shows missing versions until they come', async () => {
    const { database } = warehouse;
    const [one, , three, , , six] = versions('a', 6);
    await storeBatch(database, [one!, three!, six!]);
    const [gap] = await readVersionGaps(database, view, 10);
    const missing = [
      { from: 2, to: 2 },
      { from: 4, to: 5 },
    ];
    expect(gap).toMatchObject({ kind: 'MISSING_VERSIONS', entityId: 'a', accountId: 'ACME-TT', missing });
    expect(gap?.since).toBeInstanceOf(Date);
    expect(await watchGaps(database, 60_000, log).look()).toMatchObject({ entities: 1, versions: 3, transactions: 0 });
    await storeBatch(
      database,
      versions('a', 6).filter(({ change: { version } }) => [2, 4, 5].includes(version)),
    );
    expect(await readVersionGaps(database, view, 10)).toEqual([]);
    expect(await watchGaps(database, 60_000, log).look()).toMatchObject({ entities: 0, versions: 0, transactions: 0 });
  });

  it('shows a transaction that lacks changes once the grace is over, until they come', async () => {
    const { database } = warehouse;
    await storeBatch(database, [first]);
    expect(await readTransactionGaps(database, view, 60_000, 10)).toEqual([]);
    const [gap] = await eventually(async () => {
      const gaps = await readTransactionGaps(database, view, 50, 10);
      expect(gaps).toHaveLength(1);
      return gaps;
    });
    expect(gap).toMatchObject({ businessTransactionId: transaction.id, entityCount: 2, storedCount: 1 });
    expect(await watchGaps(database, 50, log).look()).toMatchObject({ transactions: 1 });
    await storeBatch(database, [first, second]);
    expect(await readTransactionGaps(database, view, 50, 10)).toEqual([]);
  });

  it('logs a transaction once, when it becomes overdue', async () => {
    const lines: unknown[] = [];
    const listening = Object.assign(createLogger('test', 'silent'), { warn: (fields: unknown) => lines.push(fields) });
    const watch = watchGaps(warehouse.database, 200, listening);
    await watch.look();
    await storeBatch(warehouse.database, [first]);
    await eventually(async () => {
      await watch.look();
      expect(lines).not.toHaveLength(0);
    });
    await watch.look();
    expect(lines).toEqual([{ businessTransactionId: transaction.id, entityCount: 2, storedCount: 1 }]);
  });

  it('are shown to those only who may see their account', async () => {
    const { database } = warehouse;
    await storeBatch(database, [...versions('a', 1, 3), first]);
    const sub = { tenantId: 'ACME', accountIds: ['ACME-TT'] };
    const sibling = { tenantId: 'ACME', accountIds: ['ACME-JM'] };
    const stranger = { tenantId: 'OTHER', accountIds: null };
    for (const [who, count] of [
      [sub, 1],
      [sibling, 0],
      [stranger, 0],
    ] as const) {
      expect(await readVersionGaps(database, who, 10)).toHaveLength(count);
      expect(await readTransactionGaps(database, who, -1000, 10)).toHaveLength(count);
    }
  });
});

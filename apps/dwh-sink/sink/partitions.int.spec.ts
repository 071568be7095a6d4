import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { change, received } from '../testing/changes.js';
import { contentOf, testWarehouse, type TestWarehouse } from '../testing/warehouse.js';
import { createPartitions } from './partitions.js';
import { storeBatch } from './store.js';

describe('partitions of entity_change', () => {
  let warehouse: TestWarehouse;
  const now = new Date('2031-05-20T10:00:00Z');
  const at = (occurredAt: string, entityId: string) => received(change({ entityId, transaction: { occurredAt } }));

  beforeAll(async () => {
    warehouse = await testWarehouse();
  });
  afterAll(() => warehouse.drop());

  const partitionOf = async (entityId: string) => {
    const [row] = await warehouse.database.query<{ name: string }>(
      'select tableoid::regclass::text as name from dwh.entity_change where entity_id = $1',
      [entityId],
    );
    return row?.name;
  };

  it('are made ahead, once', async () => {
    expect(await createPartitions(warehouse.database).ensureAhead(now)).toBe(3);
    expect(await createPartitions(warehouse.database).ensureAhead(now)).toBe(0);
  });

  it('hold their month in UTC, up to its last millisecond', async () => {
    await storeBatch(warehouse.database, [
      at('2031-05-31T23:59:59.999Z', 'may'),
      at('2031-06-01T00:00:00.000Z', 'june'),
    ]);
    expect(await partitionOf('may')).toBe('dwh.entity_change_203105');
    expect(await partitionOf('june')).toBe('dwh.entity_change_203106');
  });

  it('are made for the months a batch reaches back to, but not for any time a wrong clock may say', async () => {
    const batch = [
      at('2027-02-03T00:00:00Z', 'old'),
      at('2010-01-01T00:00:00Z', 'ancient'),
      at('2999-01-01T00:00:00Z', 'far'),
    ];
    await createPartitions(warehouse.database).ensureFor(batch, now);
    await storeBatch(warehouse.database, batch);
    expect(await partitionOf('old')).toBe('dwh.entity_change_202702');
    expect(await partitionOf('ancient')).toBe('dwh.entity_change_default');
    expect(await partitionOf('far')).toBe('dwh.entity_change_default');
  });

  it('are left for later while somebody reads the default one: the batch goes there', async () => {
    const batch = [at('2028-02-03T00:00:00Z', 'busy')];
    await warehouse.database.transaction(async (reader) => {
      await reader.query('select count(*) from dwh.entity_change_default');
      await createPartitions(warehouse.database).ensureFor(batch, now);
    });
    await storeBatch(warehouse.database, batch);
    expect(await partitionOf('busy')).toBe('dwh.entity_change_default');
    await createPartitions(warehouse.database).ensureFor(batch, now);
    expect(await partitionOf('busy')).toBe('dwh.entity_change_202802');
  });

  it('take over the rows that the default partition kept for them, and no sink stores these again', async () => {
    const early = at('2033-01-15T00:00:00Z', 'early');
    await storeBatch(warehouse.database, [early]);
    expect(await partitionOf('early')).toBe('dwh.entity_change_default');
    const before = await contentOf(warehouse.database);
    const later = new Date('2032-12-01T00:00:00Z');
    await Promise.all([1, 2].map(() => createPartitions(warehouse.database).ensureAhead(later)));
    expect(await partitionOf('early')).toBe('dwh.entity_change_203301');
    expect((await storeBatch(warehouse.database, [early])).repeats).toBe(1);
    expect(await contentOf(warehouse.database)).toEqual(before);
  });
});

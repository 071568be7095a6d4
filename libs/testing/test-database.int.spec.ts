import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { testDatabase } from './index.js';

describe('test databases', () => {
  it('start from the same template and share nothing', async () => {
    const [one, other] = await Promise.all([testDatabase(counted), testDatabase(counted)]);
    await query(one.url, 'insert into thing values (2)');
    expect(await query(one.url, 'select id from thing order by id')).toEqual([{ id: 1 }, { id: 2 }]);
    expect(await query(other.url, 'select id from thing')).toEqual([{ id: 1 }]);
    expect(builds).toBe(1);
    await Promise.all([one.drop(), other.drop()]);
  });

  it('have all migrations run unless another template is named', async () => {
    const database = await testDatabase();
    const schemas = await query(database.url, "select 1 from pg_namespace where nspname = 'inventory'");
    expect(schemas).toHaveLength(1);
    await database.drop();
  });

  it('are gone after drop, also while somebody is connected', async () => {
    const database = await testDatabase(counted);
    const client = new pg.Client({ connectionString: database.url });
    client.on('error', () => undefined);
    await client.connect();
    await database.drop();
    await expect(query(database.url, 'select 1')).rejects.toThrow(/does not exist/);
    await client.end().catch(() => undefined);
  });

  let builds = 0;
  const counted = {
    name: 'counted',
    async build(url: string) {
      builds++;
      await query(url, 'create table thing as select 1 as id');
    },
  };
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

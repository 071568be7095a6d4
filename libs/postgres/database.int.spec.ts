import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { metricsRegistry } from '#libs/runtime';
import { emptyTemplate, eventually, testDatabase, type TestDatabase } from '#libs/testing';
import { openDatabase, type Database } from './database.js';

describe('a database', () => {
  let testDb: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    testDb = await testDatabase(emptyTemplate);
    database = await openDatabase({ url: testDb.url, applicationName: 'pool-spec', poolSize: 2 });
  });
  afterAll(() => testDb.drop());

  it('shows its pool in the metrics until it is closed', async () => {
    const pool = async () => (await metricsRegistry.metrics()).match(/(?<=pool="pool-spec",state=").*/g) ?? [];
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const work = [1, 2, 3].map(() =>
      database.transaction(async (tx) => {
        await tx.query('select 1');
        await held;
      }),
    );
    await eventually(async () => expect(await pool()).toEqual(['total"} 2', 'idle"} 0', 'waiting"} 1']));
    release();
    await Promise.all(work);
    expect(await pool()).toEqual(['total"} 2', 'idle"} 2', 'waiting"} 0']);
    await database.close();
    expect(await pool()).toEqual([]);
  });
});

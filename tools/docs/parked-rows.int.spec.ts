import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase, type Database } from '#libs/postgres';
import { createLogger } from '#libs/runtime';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { appendToOutbox, createRelayPass } from '#libs/transactions';
import { SimyardError } from '#libs/errors';
import { projectDir } from '#tools/infra/project-dir';

let testDb: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 2 });
});

afterAll(async () => {
  await database.close();
  await testDb.drop();
});

it('puts parked rows back by the statement of docs/operations.md', async () => {
  const page = readFileSync(join(projectDir, 'docs/operations.md'), 'utf8');
  const statement = /```sql\n(.*?)```/s.exec(page)![1]!;
  await database.transaction((tx) => appendToOutbox(tx, [message('small'), message('large')]));
  const sent: (Buffer | string | null)[] = [];
  let largest = 'small';
  const producer = {
    send: (messages: { value: Buffer | string | null }[]) => {
      if (messages.some(({ value }) => value === 'large' && largest !== 'large'))
        throw new SimyardError('MESSAGE_TOO_LARGE');
      sent.push(...messages.map(({ value }) => value));
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
  const relay = createRelayPass({
    database,
    producer,
    lane: 'stream',
    owner: 'spec',
    log: createLogger('spec', 'silent'),
  });
  await relay.runOnce();
  expect(sent).toEqual(['small']);
  largest = 'large';
  expect(await database.execute(statement)).toBe(1);
  await relay.runOnce();
  expect(sent).toEqual(['small', 'large']);
  expect(await database.query('select from messaging.outbox_parked union all select from messaging.outbox')).toEqual(
    [],
  );
  await relay.end();
});

function message(payload: string) {
  return {
    lane: 'stream' as const,
    id: randomUUID(),
    aggregateType: 'Spec',
    aggregateId: 'a',
    type: 'simyard.Spec.v1',
    topic: 'simyard.business-transactions.v1',
    key: 'a',
    headers: { ce_id: payload },
    payload,
  };
}

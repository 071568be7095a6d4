import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database, Transactions, Tx } from '#libs/postgres';
import { entriesRead, sequentialScans } from '#libs/testing';
import {
  claimRequests,
  deleteOldRequests,
  readDuePlatforms,
  readPlatformAnswers,
  recordCallbacks,
  recordSteps,
  settleRequests,
  storeRequests,
  type PlatformConfig,
} from '../index.js';
import { answer, callback, connect, newRequests, requestDatabase, type RequestDatabase } from './testing/requests.js';

/** One in three is due, one in ten has ended. */
const fill = `
  insert into platforms.request (operation_id, tenant_id, actor, correlation_id, lane, platform, iccid, subscriber_id, change,
    state, settled, due_at, platform_request_id, created_at, updated_at, ended_at)
  select gen_random_uuid(), 'ACME', 'acme-crm', n, n % 2, case n % 4 when 0 then 'JASPER' else 'TMUS' end,
    '8901' || n, gen_random_uuid(), '{"kind":"status","status":"ACTIVE"}',
    case n % 10 when 0 then 'DONE' else 'QUEUED' end, n % 10 = 0,
    case n % 3 when 0 then now() - interval '1 minute' else now() + interval '1 hour' end, 'P-' || n, now(), now(),
    case n % 10 when 0 then now() - interval '1 day' end
  from generate_series(1, $1::int) as n order by random()`;

let base: RequestDatabase;
let database: Database;
let jasper: PlatformConfig;

beforeAll(async () => {
  base = await requestDatabase();
  database = base.database;
  jasper = await connect(database, 'JASPER');
  await database.execute(fill, [100_000]);
  await database.execute('analyze platforms.request');
});

afterAll(() => base.close());

const scansOf = (work: (tx: Tx) => Promise<unknown>) => sequentialScans(database, ['request'], work);

describe('beside 100,000 requests that wait, by indexes go', () => {
  it.each([1, 32, 500])('claims of %i', async (limit) => {
    const claim = async (tx: Tx) => expect(await claimRequests(tx, jasper, limit)).toHaveLength(limit);
    expect(await scansOf(claim)).toEqual([]);
  });

  it('the look for platforms that have something due', async () => {
    const look = async (tx: Tx) => expect(await readDuePlatforms(tx, ['JASPER', 'STC'])).toEqual(['JASPER']);
    expect(await scansOf(look)).toEqual([]);
  });

  it('the storing of a thousand, each of which is counted against the limit of its platform', async () => {
    const requests = await newRequests(database, 1000);
    const store = async (tx: Tx) => expect((await storeRequests(tx, requests)).stored).toBe(1000);
    expect(await scansOf(store)).toEqual([]);
  });

  it('five hundred steps, callbacks and settlements, and answers for those who show them', async () => {
    const requests = await newRequests(database, 500);
    const ids = requests.map(({ operationId }) => operationId);
    const work = async (tx: Tx) => {
      await storeRequests(tx, requests);
      const claimed = await claimRequests(tx, jasper, 500);
      const next = { state: 'SENT', platformRequestId: 'P', dueInMs: 1000 } as const;
      const steps = claimed.map((claim) => ({
        claim,
        step: { operationId: claim.operationId, answer: answer(202), next },
      }));
      expect(await recordSteps(tx, steps)).toBe(500);
      const named = requests.map((request) => callback(request, 'DONE', { iccid: request.iccid }));
      const unnamed = named.map((result, n) => ({ ...result, reference: null, requestId: `P-${n * 100}` }));
      const callbacks = [...named, ...unnamed].map((accepted) => ({ platform: 'JASPER', accepted }));
      expect((await recordCallbacks(tx, callbacks)).filter(Boolean)).toHaveLength(500);
      await settleRequests(tx, ids);
      expect((await readPlatformAnswers(tx, ids)).size).toBe(500);
    };
    expect(await scansOf(work)).toEqual([]);
  });

  it('the removal of old ones', async () => {
    expect(await scansOf((tx) => deleteOldRequests(tx, 30, 5000))).toEqual([]);
  });
});

/** As a busy hour leaves the table, before VACUUM comes: the index of what is due lists all that was due. */
describe('beside 100,000 requests that were settled since the last VACUUM, by their key alone go', () => {
  let settled: RequestDatabase;

  beforeAll(async () => {
    settled = await requestDatabase();
    await settled.database.execute('alter table platforms.request set (autovacuum_enabled = off)');
    await settled.database.execute(fill, [100_000]);
    await settled.database.execute('update platforms.request set settled = true, due_at = null');
    await settled.database.execute('analyze platforms.request');
  });

  afterAll(() => settled.close());

  const ended = async (tx: Tx): Promise<string[]> => {
    const requests = await newRequests(tx, 10);
    await storeRequests(tx, requests);
    await tx.execute("update platforms.request set state = 'DONE' where operation_id = any($1)", [
      requests.map(({ operationId }) => operationId),
    ]);
    return requests.map(({ operationId }) => operationId);
  };

  it.each([
    ['planned each time', (): Transactions => settled.database],
    ['kept', (): Transactions => settled.database.prepared],
  ])('settlements, by plans that are %s', async (_, transactions) => {
    let ids: string[] = [];
    const read = await entriesRead(
      transactions(),
      'request\\_%',
      (tx) => settleRequests(tx, ids),
      async (tx) => {
        ids = await ended(tx);
      },
    );
    expect([...read]).toEqual([['request_pkey', expect.any(Number)]]);
    expect(read.get('request_pkey')).toBeLessThan(100);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adoptJobs, stageItems, stageJob } from '#libs/bulk';
import { insertOperations, type OperationRow } from '#libs/operations';
import { openDatabase, type Database } from '#libs/postgres';
import { newId } from '#libs/runtime';
import { operationRow, saveAccounts, testDatabase, type TestDatabase } from '#libs/testing';
import { monitorBody } from './monitor-body.js';
import { listMonitors, readMonitor, readMonitors } from './read-monitors.js';
import { stageMonitor } from './stage-monitor.sql.js';

const baseUrl = 'https://cmo.example/connection-management-orchestrator/v5';
const iccid = (n: number): string => `89882280666000000${String(n).padStart(2, '0')}`;
const product = (n: number, platform = 'TMSP'): string => `${platform}-${iccid(n)}-simCard`;
const request = { method: 'PATCH', body: [{ op: 'replace', path: '/status', value: 'SUSPENDED' }], headers: [] };
const locked = { code: 'LOCKED', message: 'Held.' };

let testDb: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDb = await testDatabase();
  database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 4 });
  await saveAccounts(database);
});

afterAll(async () => {
  await database.close();
  await testDb.drop();
});

/** An operation that CMO has started on a product, with its monitor. */
async function started(changes: Partial<OperationRow> = {}, n = 1): Promise<{ operationId: string; id: string }> {
  const row = operationRow({ facade: 'cmo', action: 'ChangeSimStatus', ...changes });
  const { operationId, tenantId, accountId } = row;
  await insertOperations(database, [row]);
  const monitor = { operationId, tenantId, accountId, iccid: iccid(n), productId: product(n), request };
  return { operationId, id: await database.transaction((tx) => stageMonitor(tx, monitor)) };
}

const answer = (operationId: string, n: number, statusCode: number, platform = 'TMSP'): Promise<number> =>
  database.execute(
    `insert into platforms.request (operation_id, tenant_id, actor, correlation_id, lane, platform, iccid, subscriber_id,
       change, state, status_code, message, body, headers, created_at, updated_at)
     values ($1::uuid, 'ACME', 'a', 'c', 0, $2, $3, gen_random_uuid(), '{}', 'SENT', $4, 'said', '{"requestId":"r"}',
       '{"content-type":"application/json"}', now(), now())`,
    [operationId, platform, iccid(n), statusCode],
  );

const bodyOf = async (accountId: string | null, id: string) => {
  const monitor = await readMonitor(database, accountId, id);
  return monitor && monitorBody(monitor, baseUrl);
};

describe('readMonitor', () => {
  it('tells what the platform said, by the monitor’s id and by the operation’s', async () => {
    const { operationId, id } = await started();
    await answer(operationId, 1, 202);
    const body = await bodyOf('ACME', id);
    expect(body).toEqual({
      ...{ id, href: `${baseUrl}/ACME/monitor/${id}`, sourceHref: `${baseUrl}/ACME/product/${product(1)}` },
      ...{ state: 'IN_PROGRESS', request },
      response: [
        {
          ...{ platform: 'TMSP', productId: product(1), statusCode: 202, message: 'said', state: 'IN_PROGRESS' },
          ...{ body: { requestId: 'r' }, headers: [{ name: 'content-type', value: 'application/json' }] },
        },
      ],
      ...{ '@type': 'monitor', errors: [], correlationId: operationId },
    });
    expect(await bodyOf('ACME', operationId)).toEqual(body);
  });

  it('shows an account what its tree has started, and nothing else', async () => {
    const { operationId, id } = await started({ accountId: 'ACME-TT' });
    for (const reader of ['ACME', 'ACME-TT', null]) expect(await bodyOf(reader, id)).toMatchObject({ id });
    for (const stranger of ['ACME-JM', 'GLOBEX']) {
      expect(await bodyOf(stranger, id)).toBeUndefined();
      expect(await bodyOf(stranger, operationId)).toBeUndefined();
    }
    for (const unknown of [newId(), 'x', '', `${iccid(1)}-1-monitor`]) {
      expect(await bodyOf('ACME', unknown)).toBeUndefined();
    }
  });

  it('tells of another facade’s change of a SIM, and of no other operation', async () => {
    const subscriberId = newId();
    await database.execute(
      `insert into inventory.sim (iccid, tenant_id, account_id, subscriber_id, platform, status, version, changed_at)
       values ($1, 'ACME', 'ACME', $2::uuid, 'JASPER', 'ACTIVE', 1, now())`,
      [iccid(50), subscriberId],
    );
    const data = JSON.stringify({ subscriber: { refId: subscriberId }, status: 'SUSPENDED' });
    const entity = { entityType: 'Subscriber', entityId: subscriberId };
    const changed = operationRow({
      ...{ facade: 'flolive', action: 'ChangeSimStatus', status: 'COMPLETED', request: data, ...entity },
    });
    const card = operationRow({
      ...{ facade: 'kafka', action: 'AssignCustomProperties', entityType: 'SIM', entityId: iccid(50) },
    });
    const unknown = operationRow({ facade: 'flolive', action: 'ChangeSimStatus', status: 'FAILED' });
    const other = operationRow({ action: 'SwapSubscriberResource', ...entity });
    await insertOperations(database, [changed, card, unknown, other]);
    const known = [{ platform: 'JASPER', productId: product(50, 'JASPER') }];
    expect(await bodyOf('ACME', changed.operationId)).toMatchObject({
      ...{ id: changed.operationId, sourceHref: `${baseUrl}/ACME/product/${product(50, 'JASPER')}`, state: 'DONE' },
      ...{ request, response: known },
    });
    expect(await bodyOf('ACME', card.operationId)).toMatchObject({ state: 'IN_PROGRESS', response: known });
    expect(await bodyOf('ACME', unknown.operationId)).toMatchObject({ state: 'FAILED', response: [] });
    expect(await bodyOf('ACME', other.operationId)).toBeUndefined();
  });

  it('tells how far each product of a batch is', async () => {
    const jobId = await batch(4, 'ACME');
    const items = await database.query<{ operation_id: string }>(
      'select operation_id from bulk.item where job_id = $1 order by ordinal',
      [jobId],
    );
    const [first, second, third] = items.map((row) => row.operation_id);
    await insertOperations(database, [
      operationRow({ operationId: first!, facade: 'bulk', action: 'ChangeSimStatus', status: 'COMPLETED' }),
      operationRow({ operationId: second!, facade: 'bulk', action: 'ChangeSimStatus', status: 'IN_PROGRESS' }),
    ]);
    await answer(second!, 2, 202);
    await database.execute(
      `insert into bulk.item_result values ($1::uuid, 3, 'FAILED', '{"code":"LOCKED","message":"Held."}', now())`,
      [jobId],
    );
    const body = await bodyOf('ACME', jobId);
    expect(body?.response.map((one) => [one.productId, one.state, one.statusCode])).toEqual([
      [product(1), 'DONE', 200],
      [product(2), 'IN_PROGRESS', 202],
      [product(3), 'FAILED', 409],
      [product(4), 'IN_PROGRESS', 200],
    ]);
    expect(body).toMatchObject({ state: 'IN_PROGRESS', errors: [{ ...locked, productId: product(3) }] });
    expect(body?.sourceHref).toBe(body?.href);
    expect(await bodyOf('ACME', third!)).toBeUndefined();
  });
});

/** A batch of so many products, as it is once it runs. */
async function batch(products: number, accountId: string): Promise<string> {
  const row = operationRow({ facade: 'cmo', action: 'SubmitBulkJob', status: 'IN_PROGRESS', accountId });
  const { operationId: jobId, tenantId } = row;
  await insertOperations(database, [row]);
  await stageJob(database, {
    ...{ jobId, tenantId, accountId, actor: 'a', clientId: null, facade: 'cmo', correlationId: 'c' },
    ...{ action: 'ChangeSimStatus', dryRun: false, retryOf: null },
  });
  const items = Array.from({ length: products }, (_, index) => ({
    ...{ ordinal: index + 1, key: product(index + 1), data: '{}', operationId: newId() },
  }));
  await stageItems(database, jobId, items);
  await adoptJobs(database, [{ jobId }]);
  const monitor = { operationId: jobId, tenantId, accountId, iccid: iccid(1), productId: null, request };
  await database.transaction((tx) => stageMonitor(tx, monitor));
  return jobId;
}

describe('readMonitors', () => {
  it('reads those of many operations, in whatever state', async () => {
    const [open, done] = [await started(), await started({ status: 'COMPLETED' })];
    const found = await readMonitors(database, [open.operationId, done.operationId, newId()]);
    expect([...found].map(([operationId, { monitorId }]) => ({ operationId, id: monitorId }))).toEqual(
      expect.arrayContaining([open, done]),
    );
    expect(found.size).toBe(2);
  });
});

describe('listMonitors', () => {
  it('pages through what the tree has started, newest first, also by state; a batch without its products', async () => {
    await database.execute('delete from operations.monitor');
    const [first, second] = [await started({ accountId: 'ACME-TT' }), await started({ status: 'COMPLETED' })];
    const jobId = await batch(2, 'ACME');
    const list = async (accountId: string, filter: Partial<Parameters<typeof listMonitors>[2]> = {}) => {
      const { monitors, total } = await listMonitors(database, accountId, { pageNumber: 1, pageSize: 10, ...filter });
      return { ids: monitors.map(({ operationId }) => operationId), total, items: monitors.map((m) => m.items.length) };
    };
    expect(await list('ACME')).toEqual({
      ids: [jobId, second.operationId, first.operationId],
      total: 3,
      items: [0, 1, 1],
    });
    expect(await list('ACME', { pageNumber: 2, pageSize: 2 })).toMatchObject({ ids: [first.operationId], total: 3 });
    expect(await list('ACME', { state: 'DONE' })).toMatchObject({ ids: [second.operationId], total: 1 });
    expect(await list('ACME', { state: 'FAILED' })).toEqual({ ids: [], total: 0, items: [] });
    expect(await list('ACME-TT')).toMatchObject({ ids: [first.operationId], total: 1 });
    expect(await list('GLOBEX')).toMatchObject({ total: 0 });
  });
});

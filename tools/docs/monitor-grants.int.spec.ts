import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { stageItems, stageJob } from '#libs/bulk';
import { insertAccounts, readProducts } from '#libs/inventory';
import { listMonitors, monitorRequest, readMonitor, readMonitors, stageMonitor } from '#libs/monitors';
import { insertOperations, runRetention } from '#libs/operations';
import { newId } from '#libs/runtime';
import { operationRow } from '#libs/testing';
import { grantedDatabase, type GrantedDatabase } from './testing/granted-database.js';

let granted: GrantedDatabase;

beforeAll(async () => {
  granted = await grantedDatabase();
  await insertAccounts(granted.as('cli'), [{ accountId: 'ACME', name: 'Acme' }]);
});

afterAll(() => granted.drop());

const row = operationRow({ facade: 'cmo', action: 'SubmitBulkJob' });
const { operationId, tenantId, accountId } = row;
const product = { platform: 'TMSP', iccid: '8901260012345678902' };

/** What the service itself runs; one test builds on the other. */
it('gateway stores a batch of which an item has failed, and shows it', async () => {
  const gateway = granted.as('gateway');
  await gateway.transaction(async (tx) => {
    await insertOperations(tx, [row]);
    expect(await readProducts(tx, { tenantId, accountId }, [product])).toEqual([undefined]);
    const origin = { tenantId, accountId, actor: row.actor, clientId: null, facade: 'cmo', correlationId: 'c' };
    const kind = { action: 'ChangeSimStatus', dryRun: false, retryOf: null } as const;
    await stageJob(tx, { jobId: operationId, ...origin, ...kind });
    const error = JSON.stringify({ code: 'PRODUCT_NOT_FOUND', message: 'None.' });
    const key = `TMSP-${product.iccid}`;
    await stageItems(tx, operationId, [{ ordinal: 1, key, data: null, operationId: newId(), error }]);
    const request = monitorRequest('PATCH', {}, {});
    await stageMonitor(tx, { operationId, tenantId, accountId, iccid: product.iccid, productId: null, request });
  });
  expect(await readMonitor(gateway, accountId, operationId)).toMatchObject({ items: [{ status: 'FAILED' }] });
  expect(await listMonitors(gateway, accountId, { pageNumber: 1, pageSize: 10 })).toMatchObject({ total: 1 });
});

it('monitor reads it to tell callers, and removes it when it is old', async () => {
  const monitor = granted.as('monitor');
  expect((await readMonitors(monitor, [operationId])).get(operationId)).toMatchObject({ isBatch: true });
  await granted.admin.query(`update operations.monitor set created_at = now() - interval '91 days'`);
  expect(await runRetention(monitor, { retentionDays: 90 })).toMatchObject({ monitorsDeleted: 1 });
});

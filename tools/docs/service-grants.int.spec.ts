import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { insertAccounts, describeService, listServices } from '#libs/inventory';
import { insertOperations, runRetention } from '#libs/operations';
import { listServiceMonitors, readServiceMonitors, stageServiceMonitor } from '#libs/services';
import { operationRow } from '#libs/testing';
import { grantedDatabase, type GrantedDatabase } from './testing/granted-database.js';

let granted: GrantedDatabase;

beforeAll(async () => {
  granted = await grantedDatabase();
});

afterAll(() => granted.drop());

it('the gateway describes services and keeps their monitors, the monitor reads these and removes what is old', async () => {
  const [gateway, monitor] = [granted.as('gateway'), granted.as('monitor')];
  await insertAccounts(granted.as('cli'), [{ accountId: 'ACME', name: 'Acme' }]);
  for (const name of ['First', 'Second']) {
    await describeService(gateway, { tenantId: 'ACME', externalId: 'SUB-1' }, { name });
  }
  expect(await listServices(gateway, { accountId: 'ACME', tenantId: 'ACME' }, {}, { offset: 0, limit: 1 })).toEqual({
    total: 0,
    services: [],
  });

  const operation = operationRow({ facade: 'tmf640' });
  const { operationId } = operation;
  await insertOperations(gateway, [operation]);
  const request = { method: 'POST', to: 'https://simyard.example', body: null, headers: [] };
  await stageServiceMonitor(gateway, { operationId, tenantId: 'ACME', accountId: 'ACME', request });
  const page = { statuses: null, offset: 0, limit: 1 };
  expect(await listServiceMonitors(gateway, 'ACME', page)).toMatchObject({ total: 1, monitors: [{ request }] });
  expect((await readServiceMonitors(monitor, [operationId])).get(operationId)).toMatchObject({ request });

  await granted.admin.query(`update operations.service_monitor set created_at = now() - interval '91 days'`);
  expect(await runRetention(monitor, { retentionDays: 90 })).toMatchObject({ monitorsDeleted: 1 });
});

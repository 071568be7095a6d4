import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreatedClient } from '#libs/access';
import { refusalStatuses, stageMonitor } from '#libs/monitors';
import { insertOperations, type OperationRow } from '#libs/operations';
import { operationRow } from '#libs/testing';
import { httpStatuses } from '../../http/http-status.js';
import { startGateway, type GatewayUnderTest } from '../../testing/gateway-under-test.js';
import { bodyOf, callCmo, errorOf } from '../testing/cmo-client.js';
import { iccidOf } from '../testing/fleet.js';

const iccid = iccidOf('TMSP', 1);
const productId = `TMSP-${iccid}-simCard`;
const request = { method: 'PATCH', body: [{ op: 'replace', path: '/status', value: 'ACTIVE' }], headers: [] };

let gateway: GatewayUnderTest;
let client: CreatedClient;

beforeAll(async () => {
  gateway = await startGateway();
  client = await gateway.newClient('ACME');
}, 60_000);

afterAll(() => gateway.stop());

async function started(changes: Partial<OperationRow> = {}): Promise<{ operationId: string; id: string }> {
  const row = operationRow({ facade: 'cmo', action: 'ChangeSimStatus', ...changes });
  await insertOperations(gateway.database, [row]);
  const { operationId, tenantId, accountId } = row;
  const monitor = { operationId, tenantId, accountId, iccid, productId, request };
  return { operationId, id: await gateway.database.transaction((tx) => stageMonitor(tx, monitor)) };
}

const get = (path: string, who = client) => callCmo(gateway, who, `GET ${path}`);

describe('GET /monitor/{id}', () => {
  it('answers by the id of the monitor and of its operation, with the fields asked for', async () => {
    const { operationId, id } = await started();
    const whole = await get(`monitor/${id}`);
    expect(whole.status).toBe(200);
    expect(bodyOf(whole)).toMatchObject({ id, state: 'IN_PROGRESS', request, '@type': 'monitor', errors: [] });
    expect((await get(`monitor/${operationId}`)).text).toBe(whole.text);
    const { href, state } = bodyOf(whole) as { href: string; state: string };
    const part = await get(`monitor/${id}?fields=state`);
    expect(part.text).toBe(JSON.stringify({ id, href, state, '@type': 'monitor' }));
  });

  it.each([
    ['monitor/x', 404, 'MONITOR_NOT_FOUND'],
    ['monitor/0199f1de-7a3b-7c11-9d52-6a8f0c1e2b3d', 404, 'MONITOR_NOT_FOUND'],
    ['monitor/%00', 400, 'REQUEST_INVALID'],
    ['monitor/x?fields=status', 400, 'REQUEST_INVALID'],
    ['monitor/x?unknown=1', 400, 'REQUEST_INVALID'],
    ['monitor?pageSize=101', 400, 'REQUEST_INVALID'],
    ['monitor?pageNumber=0', 400, 'REQUEST_INVALID'],
    ['monitor?state=OPEN', 400, 'REQUEST_INVALID'],
  ])('of %s is %d %s', async (path, status, code) => {
    expect(errorOf(await get(path))).toEqual([status, code]);
  });
});

describe('GET /monitor', () => {
  it('pages through the monitors of the account tree, newest first, as products are paged through', async () => {
    await gateway.database.execute('delete from operations.monitor');
    const [below, done] = [await started({ accountId: 'ACME-A' }), await started({ status: 'COMPLETED' })];
    const page = await get('monitor?pageNumber=1&pageSize=1&fields=state');
    expect(bodyOf(page)).toEqual({
      entities: [{ id: done.id, href: expect.stringContaining(done.id), state: 'DONE', '@type': 'monitor' }],
      statistics: { currentPage: 1, pageSize: 1, totalPages: 2, totalElements: 2 },
    });
    const ids = async (path: string, who = client): Promise<string[]> =>
      (bodyOf(await get(path, who)) as { entities: { id: string }[] }).entities.map(({ id }) => id);
    expect(await ids('monitor')).toEqual([done.id, below.id]);
    expect(await ids('monitor?state=IN_PROGRESS')).toEqual([below.id]);
    expect(await ids('monitor', await gateway.newClient('ACME-A'))).toEqual([below.id]);
    expect(await ids('/OTHER/monitor', await gateway.newClient('OTHER'))).toEqual([]);
  });
});

describe('the status codes of monitors', () => {
  it('are those that this gateway answers refusals with', () => {
    const known = Object.keys(refusalStatuses) as (keyof typeof refusalStatuses)[];
    expect(refusalStatuses).toEqual(Object.fromEntries(known.map((code) => [code, httpStatuses[code]])));
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { CreatedClient } from '#libs/access';
import { insertOperations, type OperationRow } from '#libs/operations';
import { credentials, send, startGateway, type GatewayUnderTest, type Reply } from '../testing/gateway-under-test.js';

let gateway: GatewayUnderTest;
let root: CreatedClient;
let below: CreatedClient;
let stranger: CreatedClient;

beforeAll(async () => {
  gateway = await startGateway();
  root = await gateway.newClient('ACME');
  below = await gateway.newClient('ACME-A');
  stranger = await gateway.newClient('OTHER');
}, 60_000);

afterAll(() => gateway.stop());

function fromKafka(changes: Partial<OperationRow> = {}): OperationRow {
  const now = new Date();
  const operationId = uuidv7();
  return {
    ...{ operationId, tenantId: 'ACME', accountId: 'ACME-A', actor: 'crm', clientId: null, facade: 'kafka' },
    ...{ action: 'SwapSubscriberResource', status: 'FAILED', commandId: 'c-1', commandSource: '/crm' },
    ...{ entityType: null, entityId: null, requestId: null, transactionId: null, correlationId: randomUUID() },
    ...{ causationId: null, replayOf: null, businessTransactionId: null, request: '{"a":1}', response: null },
    error: '{"code":"SUBSCRIBER_NOT_FOUND","message":"The subscriber does not exist."}',
    ...{ sourceTopic: 'simyard.resource-swap.commands.v1', sourcePartition: 3, sourceOffset: '77' },
    ...{ createdAt: now, updatedAt: now, deadline: null },
    ...changes,
  };
}

const get = (path: string, client: CreatedClient): Promise<Reply> =>
  send(`${gateway.url}/admin/v1/operations${path}`, 'GET', credentials(client));

const idsOf = ({ body }: Reply): string[] =>
  (body.operations as { operationId: string }[]).map(({ operationId }) => operationId);

describe('an operation', () => {
  it('is shown to the clients of its account and those above, and does not exist for others', async () => {
    const row = fromKafka();
    await insertOperations(gateway.database, [row]);
    for (const client of [root, below]) {
      expect(await get(`/${row.operationId}`, client)).toMatchObject({
        status: 200,
        body: {
          operationId: row.operationId,
          status: 'FAILED',
          tenant: 'ACME',
          accountId: 'ACME-A',
          error: { code: 'SUBSCRIBER_NOT_FOUND' },
          request: { a: 1 },
          source: { topic: 'simyard.resource-swap.commands.v1', partition: 3, offset: '77' },
        },
      });
    }
    const sibling = await gateway.newClient('ACME-B');
    const withoutId = ({ body }: Reply): unknown => ({ ...body.error, correlationId: '' });
    const nowhere = await get(`/${uuidv7()}`, root);
    for (const foreign of [await get(`/${row.operationId}`, stranger), await get(`/${row.operationId}`, sibling)]) {
      expect(foreign.status).toBe(404);
      expect(withoutId(foreign)).toEqual(withoutId(nowhere));
    }
    expect(await get('/not-a-uuid', root)).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
  });
});

describe('the list', () => {
  it('pages by cursor without a repeat or a hole, without foreign accounts', async () => {
    const action = 'CreateSubscriber';
    const own = Array.from({ length: 7 }, () => fromKafka({ action }));
    await insertOperations(gateway.database, [
      ...own,
      fromKafka({ action, accountId: 'ACME-B' }),
      fromKafka({ action, tenantId: 'OTHER', accountId: 'OTHER' }),
    ]);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await get(`?action=${action}&limit=3${cursor === undefined ? '' : `&cursor=${cursor}`}`, below);
      expect(page.status).toBe(200);
      seen.push(...idsOf(page));
      cursor = page.body.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(
      own
        .map(({ operationId }) => operationId)
        .toSorted()
        .toReversed(),
    );
    expect((await get(`?action=${action}`, root)).body.operations).toHaveLength(8);
    expect((await get(`?action=${action}`, stranger)).body.operations).toHaveLength(1);
  });

  it('filters', async () => {
    const row = fromKafka({ status: 'TIMED_OUT', requestId: randomUUID() });
    await insertOperations(gateway.database, [row]);
    const ids = async (query: string): Promise<string[]> => idsOf(await get(`?${query}`, root));
    const only = [row.operationId];
    expect(await ids('status=TIMED_OUT')).toEqual(only);
    expect(await ids(`requestId=${row.requestId ?? ''}`)).toEqual(only);
    expect(await ids(`correlationId=${row.correlationId}&facade=kafka`)).toEqual(only);
    expect(await ids(`correlationId=${row.correlationId}&facade=ocs`)).toEqual([]);
    expect(
      await ids(`requestId=${row.requestId ?? ''}&to=${row.createdAt.toISOString().slice(0, 10)}T00:00:00Z`),
    ).toEqual([]);
    expect(await ids(`requestId=${row.requestId ?? ''}&from=2020-01-01T00:00:00%2B02:00`)).toEqual(only);
  });

  it.each([
    'status=DONE',
    'limit=0',
    'limit=201',
    'limit=x',
    'cursor=x',
    'from=yesterday',
    'to=2026-02-30T25:00:00Z',
    'from=0000-01-01T00:00:00Z',
    'action=%00',
    'action=a&action=b',
    'unknown=1',
    'requestId=',
  ])('refuses ?%s', async (query) => {
    expect(await get(`?${query}`, root)).toMatchObject({ status: 400, body: { error: { code: 'REQUEST_INVALID' } } });
  });
});

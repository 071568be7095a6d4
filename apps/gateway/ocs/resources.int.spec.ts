import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { CreatedClient } from '#libs/access';
import { credentials, send, startGateway, type GatewayUnderTest, type Reply } from '../testing/gateway-under-test.js';

const subscriberId = randomUUID();
let gateway: GatewayUnderTest;
let client: CreatedClient;

beforeAll(async () => {
  gateway = await startGateway();
  client = await gateway.newClient('ACME');
  await gateway.database.execute(
    `insert into inventory.subscriber (subscriber_id, tenant_id, account_id, external_id, state, version, created_at, changed_at)
     values ($1, 'ACME', 'ACME-A', 'SUB-1', 'Active', 1, now(), now())`,
    [subscriberId],
  );
  await gateway.database.execute(
    `insert into inventory.resource (type, scope, value, resource_id, tenant_id, subscriber_id, version, valid_from)
     values ('MSISDN', '', '18685550102', gen_random_uuid(), 'ACME', $1, 2, '2026-01-31T12:00:00Z'),
            ('EMAIL', 'ACME', 'a@example.com', gen_random_uuid(), 'ACME', $1, 1, '2025-06-01T08:00:00Z')`,
    [subscriberId],
  );
  await gateway.database.execute(
    `insert into inventory.resource_history
       (subscriber_id, resource_id, version, tenant_id, type, value, valid_from, valid_to, ended_by)
     values ($1, gen_random_uuid(), 1, 'ACME', 'MSISDN', '18685550101', '2025-06-01T08:00:00Z', '2026-01-31T12:00:00Z', gen_random_uuid())`,
    [subscriberId],
  );
}, 60_000);

afterAll(() => gateway.stop());

const read = (query: string, reader: CreatedClient = client): Promise<Reply> =>
  send(`${gateway.url}/v1/casm/subscribers/resources?${query}`, 'GET', credentials(reader));

const valuesOf = ({ body }: Reply): string[] => (body.resources as { value: string }[]).map(({ value }) => value);

describe('GET /v1/casm/subscribers/resources', () => {
  it('shows what the subscriber has, and with its history what it had', async () => {
    const now = await read('externalId=SUB-1&resourceType=MSISDN');
    expect(now).toMatchObject({
      status: 200,
      body: {
        subscriber: { refId: subscriberId, externalId: 'SUB-1', state: 'Active' },
        resources: [{ type: 'MSISDN', value: '18685550102', validFrom: '2026-01-31T12:00:00.000Z', validTo: null }],
        page: 0,
        size: 50,
        total: 1,
      },
    });
    const all = await read(`refId=${subscriberId}&resourceType=MSISDN&historyIncluded=true`);
    expect(valuesOf(all)).toEqual(['18685550102', '18685550101']);
    expect(all.body.resources[1].validTo).toBe('2026-01-31T12:00:00.000Z');
  });

  it('pages', async () => {
    const pages = [await read('externalId=SUB-1&size=1'), await read('externalId=SUB-1&size=1&page=1')];
    expect(pages.map(valuesOf)).toEqual([['a@example.com'], ['18685550102']]);
    expect(pages.map(({ body }) => Number(body.total))).toEqual([2, 2]);
    expect(await read('externalId=SUB-1&page=999999&size=200')).toMatchObject({
      status: 200,
      body: { resources: [], total: 2 },
    });
  });

  it('does not tell a foreign subscriber from one that does not exist', async () => {
    const error = { code: 'SUBSCRIBER_NOT_FOUND', message: 'The subscriber does not exist.' };
    for (const account of ['ACME-B', 'OTHER']) {
      const stranger = await gateway.newClient(account);
      for (const query of ['externalId=SUB-1', `refId=${subscriberId}`]) {
        expect(await read(query, stranger)).toMatchObject({ status: 404, body: { error } });
      }
    }
    expect(await read('externalId=SUB-2')).toMatchObject({ status: 404, body: { error } });
  });

  it.each([
    ['', 'SUBSCRIBER_REQUIRED'],
    ['externalId=', 'REQUEST_INVALID'],
    ['refId=SUB-1', 'REQUEST_INVALID'],
    ['externalId=SUB-1&size=0', 'REQUEST_INVALID'],
    ['externalId=SUB-1&page=-1', 'REQUEST_INVALID'],
    ['externalId=SUB-1&historyIncluded=maybe', 'REQUEST_INVALID'],
    ['externalId=SUB-1&externalId=SUB-2', 'REQUEST_INVALID'],
    ['externalId=SUB-1&x=1', 'REQUEST_INVALID'],
  ])('refuses ?%s', async (query, code) => {
    expect(await read(query)).toMatchObject({ status: 400, body: { error: { code } } });
  });
});

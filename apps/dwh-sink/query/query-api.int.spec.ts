import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { accessProviders, createClient, type CreatedClient } from '#libs/access';
import { createLogger } from '#libs/runtime';
import { storeBatch } from '../sink/store.js';
import { change, received, type ChangeOptions } from '../testing/changes.js';
import { testWarehouse, type TestWarehouse } from '../testing/warehouse.js';
import { EntitiesController } from './entities.controller.js';
import { ErrorFilter } from './error.filter.js';
import { GapsController } from './gaps.controller.js';
import { MetricsController } from './metrics.controller.js';
import { TransactionsController } from './transactions.controller.js';
import { WAREHOUSE } from './warehouse.js';

const pepper = 'a pepper of at least thirty-two characters';
const transactionId = '0199c2a0-0000-7000-8000-000000000001';

describe('the query API', () => {
  let warehouse: TestWarehouse;
  let app: NestFastifyApplication;
  let root: CreatedClient;
  let sub: CreatedClient;
  let sibling: CreatedClient;
  let stranger: CreatedClient;

  beforeAll(async () => {
    warehouse = await testWarehouse();
    await insertAccounts();
    const clientOf = (accountId: string) =>
      createClient(warehouse.database, pepper, { username: accountId, accountId });
    [root, sub, sibling, stranger] = (await Promise.all(['ACME', 'ACME-TT', 'ACME-JM', 'GLOBEX'].map(clientOf))) as [
      CreatedClient,
      CreatedClient,
      CreatedClient,
      CreatedClient,
    ];
    await storeBatch(warehouse.database, fleet());
    app = await startApp(warehouse);
  }, 30_000);

  afterAll(async () => {
    await app.close();
    await warehouse.drop();
  });

  const entity = '/dwh/v1/entities/SubscriberResource/r1';

  it('shows an entity as it is', async () => {
    expect(await get(sub, entity)).toEqual({
      status: 200,
      body: {
        entityType: 'SubscriberResource',
        entityId: 'r1',
        version: 3,
        operation: 'UPDATED',
        occurredAt: '2026-03-10T12:03:00.000Z',
        businessTransactionId: expect.any(String),
        tenant: 'ACME',
        accountId: 'ACME-TT',
        state: { type: 'MSISDN', value: '18685553' },
      },
    });
  });

  it.each([
    ['2026-03-10T12:00:59.999Z', undefined],
    ['2026-03-10T12:01:00Z', 1],
    ['2026-03-10T12:02:59.999Z', 2],
    ['2026-03-10T13:03:00%2B01:00', 3],
    ['2030-01-01T00:00:00Z', 3],
  ])('shows an entity as of %s: version %s', async (asOf, version) => {
    const { status, body } = await get(sub, `${entity}?asOf=${asOf}`);
    expect([status, body.version]).toEqual(version === undefined ? [404, undefined] : [200, version]);
  });

  it('shows a deleted entity without a state', async () => {
    const { body } = await get(sub, '/dwh/v1/entities/SubscriberResource/gone');
    expect(body).toMatchObject({ version: 2, operation: 'DELETED', state: null });
    const { body: before } = await get(sub, '/dwh/v1/entities/SubscriberResource/gone?asOf=2026-03-10T12:01:30Z');
    expect(before).toMatchObject({ version: 1, state: { value: '18685559' } });
  });

  it('pages an entity’s history by version', async () => {
    const { body: first } = await get(sub, `${entity}/history?limit=2`);
    expect(first.items.map((item) => item.version)).toEqual([1, 2]);
    expect(first.next).toBe(2);
    const { body: second } = await get(sub, `${entity}/history?limit=2&after=${first.next}`);
    expect(second.items.map((item) => item.version)).toEqual([3]);
    expect(second.next).toBeNull();
    expect(second.items[0]).toMatchObject({
      before: { value: '18685552' },
      after: { value: '18685553' },
      sequence: 1,
      eventId: 'event-r1-3',
      kafka: { topic: 'simyard.business-transactions.v1', partition: 0, offset: '3' },
    });
  });

  it('finds entities by correlation, paged', async () => {
    const { body } = await get(root, '/dwh/v1/entities?correlationId=corr-7&limit=1');
    expect(names(body)).toEqual(['SIM/s1']);
    const { body: rest } = await get(root, `/dwh/v1/entities?correlationId=corr-7&after=${body.next}`);
    expect([names(rest), rest.next]).toEqual([['Subscriber/u1'], null]);
  });

  it('finds a resource by a value it has or had', async () => {
    for (const value of ['18685553', '18685551']) {
      const { body } = await get(sub, `/dwh/v1/entities?resourceType=MSISDN&resourceValue=${value}`);
      expect(names(body)).toEqual(['SubscriberResource/r1']);
    }
    const { body } = await get(sub, '/dwh/v1/entities?resourceType=IMSI&resourceValue=18685553');
    expect(names(body)).toEqual([]);
  });

  it('shows a business transaction with the changes that the client may see', async () => {
    const { body } = await get(root, `/dwh/v1/business-transactions/${transactionId}`);
    expect(body).toMatchObject({
      id: transactionId,
      type: 'CreateSubscriber',
      correlationId: 'corr-7',
      entityCount: 2,
    });
    expect(body.changes.map((one) => one.sequence)).toEqual([1, 2]);
    const { body: part } = await get(sibling, `/dwh/v1/business-transactions/${transactionId}`);
    expect(part.changes.map((one) => one.entityType)).toEqual(['SIM']);
    const { body: second } = await get(root, `/dwh/v1/business-transactions/${transactionId}?after=1&limit=1`);
    expect([second.changes.length, second.next]).toEqual([1, null]);
  });

  it('shows hourly metrics to clients of the root account', async () => {
    const range = 'from=2026-03-10T12:00:00Z&to=2026-03-10T13:00:00Z';
    const { body } = await get(root, `/dwh/v1/metrics?${range}&type=CreateSubscriber`);
    expect(body.items).toEqual([
      row({ entityType: 'SIM', changes: 1, transactions: 0 }),
      row({ entityType: 'Subscriber', changes: 1, transactions: 1 }),
    ]);
    expect((await get(root, '/dwh/v1/metrics?from=2026-03-10T13:00:00Z&to=2026-03-10T14:00:00Z')).body.items).toEqual(
      [],
    );
    expect((await get(root, `/dwh/v1/metrics?${range}&tenant=ACME`)).status).toBe(200);
    expect((await get(root, `/dwh/v1/metrics?${range}&tenant=GLOBEX`)).status).toBe(404);
    expect((await get(sub, `/dwh/v1/metrics?${range}`)).status).toBe(403);
    expect((await get(stranger, `/dwh/v1/metrics?${range}`)).body.items).toEqual([]);
  });

  it('shows gaps of the client’s accounts', async () => {
    const { body } = await get(sub, '/dwh/v1/gaps');
    expect(body).toMatchObject({ items: [{ entityId: 'late', missing: [{ from: 1, to: 1 }] }], more: false });
    expect((await get(sibling, '/dwh/v1/gaps')).body.items).toEqual([]);
    expect((await get(stranger, '/dwh/v1/gaps')).body.items).toEqual([]);
  });

  it('answers what is foreign as if it were absent', async () => {
    const absent = await get(stranger, '/dwh/v1/entities/SubscriberResource/none');
    expect(absent.status).toBe(404);
    for (const client of [sibling, stranger]) {
      for (const url of [entity, `${entity}?asOf=2026-03-10T12:02:00Z`, `${entity}/history`]) {
        expect(withoutId(await get(client, url))).toEqual(withoutId(absent));
      }
      const byValue = await get(client, '/dwh/v1/entities?resourceType=MSISDN&resourceValue=18685553');
      expect(byValue.body).toEqual({ items: [], next: null });
    }
    const foreign = await get(stranger, `/dwh/v1/business-transactions/${transactionId}`);
    expect(withoutId(foreign)).toEqual(withoutId(absent));
    expect((await get(stranger, '/dwh/v1/entities?correlationId=corr-7')).body.items).toEqual([]);
  });

  it('shows each version to the account that had the entity then', async () => {
    const moved = '/dwh/v1/entities/Subscriber/moved';
    expect((await get(sibling, moved)).body).toMatchObject({ version: 2, accountId: 'ACME-JM' });
    expect((await get(sub, moved)).status).toBe(404);
    expect((await get(sub, `${moved}?asOf=2026-03-10T12:01:30Z`)).body).toMatchObject({ version: 1 });
    expect((await get(sibling, `${moved}?asOf=2026-03-10T12:01:30Z`)).status).toBe(404);
    expect((await get(sub, `${moved}/history`)).body.items).toHaveLength(1);
    expect((await get(root, `${moved}/history`)).body.items).toHaveLength(2);
  });

  it.each([
    ['/dwh/v1/entities', 'correlationId'],
    ['/dwh/v1/entities?resourceType=MSISDN', 'resourceValue'],
    ['/dwh/v1/entities?correlationId=a&resourceType=MSISDN&resourceValue=1', 'correlationId'],
    ['/dwh/v1/entities?correlationId=a%00b', 'correlationId'],
    ['/dwh/v1/entities?correlationId=a&after=nonsense', 'after'],
    ['/dwh/v1/entities?correlationId=a&limit=0', 'limit'],
    ['/dwh/v1/entities?correlationId=a&limit=1001', 'limit'],
    ['/dwh/v1/entities?correlationId=a&colour=red', 'colour'],
    ['/dwh/v1/entities?correlationId=a&correlationId=b', 'correlationId'],
    ['/dwh/v1/entities/SIM/a%00b', 'entityId'],
    [`${entity}?asOf=2026-02-30T00:00:00Z`, 'asOf'],
    [`${entity}?asOf=yesterday`, 'asOf'],
    [`${entity}/history?after=-1`, 'after'],
    [`${entity}/history?after=9999999999`, 'after'],
    ['/dwh/v1/business-transactions/7', 'id'],
    ['/dwh/v1/metrics', 'from'],
    ['/dwh/v1/metrics?from=2026-03-10T12:00:00Z&to=2026-03-10T12:00:00Z', 'to'],
    ['/dwh/v1/metrics?from=2026-01-01T00:00:00Z&to=2026-03-10T12:00:00Z', 'to'],
    ['/dwh/v1/gaps?limit=x', 'limit'],
  ])('refuses %s and names %s', async (url, field) => {
    const { status, body } = await get(root, url);
    expect([status, body.error.code]).toEqual([400, 'REQUEST_INVALID']);
    expect(body.error.details.problems.map((problem) => problem.field)).toContain(field);
  });

  it('asks for credentials on every route, and answers errors in one shape', async () => {
    const response = await app.inject({ url: entity, headers: { 'x-correlation-id': 'my-id' } });
    expect([response.statusCode, response.json()]).toEqual([
      401,
      { error: { code: 'UNAUTHENTICATED', message: expect.any(String), correlationId: 'my-id' } },
    ]);
    const { status, body } = await get(root, '/dwh/v1/nothing');
    expect([status, body.error.code]).toEqual([404, 'NOT_FOUND']);
  });

  async function get(client: CreatedClient, url: string) {
    const headers = { client_id: client.clientId, client_secret: client.clientSecret };
    const response = await app.inject({ url, headers });
    return { status: response.statusCode, body: response.json<Body>() };
  }

  async function insertAccounts(): Promise<void> {
    await warehouse.database.execute(
      `insert into inventory.account (account_id, tenant_id, parent_id, name, path) values
         ('ACME', 'ACME', null, 'Acme', '{ACME}'),
         ('ACME-TT', 'ACME', 'ACME', 'Trinidad', '{ACME,ACME-TT}'),
         ('ACME-JM', 'ACME', 'ACME', 'Jamaica', '{ACME,ACME-JM}'),
         ('GLOBEX', 'GLOBEX', null, 'Globex', '{GLOBEX}')`,
    );
  }
});

/** r1 has three versions; u1 and s1 come of one transaction; `moved` goes to Jamaica; `late` lacks its first version. */
function fleet() {
  const at = (minute: number, more: ChangeOptions['transaction'] = {}) => ({
    occurredAt: `2026-03-10T12:0${minute}:00.000Z`,
    ...more,
  });
  const creation = { id: transactionId, type: 'CreateSubscriber', correlationId: 'corr-7', entityCount: 2 };
  return [
    ...[1, 2, 3].map((version) => received(change({ entityId: 'r1', version, transaction: at(version) }), version)),
    received(change({ entityType: 'Subscriber', entityId: 'u1', transaction: at(1, creation) })),
    received(
      change({
        entityType: 'SIM',
        entityId: 's1',
        sequence: 2,
        transaction: at(1, { ...creation, accountId: 'ACME-JM' }),
      }),
    ),
    received(change({ entityId: 'gone', after: { type: 'MSISDN', value: '18685559' }, transaction: at(1) })),
    received(change({ entityId: 'gone', version: 2, operation: 'DELETED', after: null, transaction: at(2) })),
    received(change({ entityType: 'Subscriber', entityId: 'moved', transaction: at(1) })),
    received(
      change({ entityType: 'Subscriber', entityId: 'moved', version: 2, transaction: at(2, { accountId: 'ACME-JM' }) }),
    ),
    received(change({ entityType: 'Subscriber', entityId: 'late', version: 2, transaction: at(2) })),
  ];
}

const row = (counts: object) => ({
  hour: '2026-03-10T12:00:00.000Z',
  type: 'CreateSubscriber',
  operation: 'CREATED',
  ...counts,
});

interface Item {
  entityType: string;
  entityId: string;
  version: number;
  sequence: number;
}

/** Each answer has some of these. */
interface Body {
  version: number;
  items: Item[];
  changes: Item[];
  next: string | number | null;
  error: { code: string; details: { problems: { field: string }[] } };
}

const names = (body: Body) => body.items.map((item) => `${item.entityType}/${item.entityId}`);

function withoutId({ status, body }: { status: number; body: Body }) {
  return { status, error: { ...body.error, correlationId: '' } };
}

async function startApp({ database }: TestWarehouse): Promise<NestFastifyApplication> {
  const module = await Test.createTestingModule({
    controllers: [EntitiesController, TransactionsController, MetricsController, GapsController],
    providers: [
      { provide: WAREHOUSE, useValue: { dwh: database, main: database, gapGraceMs: 60_000 } },
      ...accessProviders(database, pepper),
    ],
  }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
  app.useGlobalFilters(new ErrorFilter(createLogger('test', 'silent')));
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

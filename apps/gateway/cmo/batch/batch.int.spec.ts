import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { CreatedClient } from '#libs/access';
import { startGateway, type GatewayUnderTest } from '../../testing/gateway-under-test.js';
import { bodyOf, callCmo, cmoUrl, errorOf, expectGolden, type CmoReply } from '../testing/cmo-client.js';
import { iccidOf, productId, saveCards } from '../testing/fleet.js';

const many = 1000;
const route = 'PATCH product';
const jsonPatch = 'application/json-patch+json';
const suspend = [{ op: 'replace', path: '/status', value: 'SUSPENDED' }];
const card = (platform: string, n: number): string => `${productId(platform, n)}-simCard`;

let gateway: GatewayUnderTest;
let client: CreatedClient;

beforeAll(async () => {
  gateway = await startGateway();
  await saveCards(gateway.database, [
    ...['JASPER', 'TMSP', 'STC'].flatMap((platform) => [1, 2].map((n) => ({ platform, n }))),
    { platform: 'IOTA', n: 1, accountId: 'ACME-B' },
    { platform: 'IOTA', n: 2, accountId: 'OTHER' },
    ...Array.from({ length: many }, (_, index) => ({ platform: 'TURKCELL', n: index })),
  ]);
}, 60_000);

beforeEach(async () => {
  client = await gateway.newClient('ACME-A');
});

afterAll(() => gateway.stop());

const batchOf = (productIdList: unknown, patch: unknown = suspend, headers: unknown = [contentType(jsonPatch)]) => ({
  productIdList,
  request: { method: 'PATCH', body: patch, headers },
});
const contentType = (value: string) => ({ name: 'Content-Type', value });
const patch = (body: unknown, headers: Record<string, string> = {}): Promise<CmoReply> =>
  callCmo(gateway, client, route, body, { accept: 'application/json', ...headers });

interface StoredItem {
  action: string;
  facade: string;
  item_key: string;
  data: unknown;
  error: { code: string } | null;
}

/** What is stored of the batch of a monitor. */
const storedItems = (reply: CmoReply): Promise<StoredItem[]> =>
  gateway.database.query<StoredItem>(
    `select job.action, job.facade, item_key, item.data::json as data, result.error::json as error
     from operations.monitor join bulk.job on job_id = operation_id join bulk.item using (job_id)
     left join bulk.item_result as result using (job_id, ordinal)
     where monitor_id = $1 order by ordinal`,
    [(bodyOf(reply) as { id: string }).id],
  );

const stored = (): Promise<unknown[]> =>
  gateway.database.query(
    `select (select count(*) from operations.operation) as operations, (select count(*) from operations.monitor) as monitors,
            (select count(*) from operations.lock) as locks, (select count(*) from bulk.job) as jobs,
            (select count(*) from bulk.item) as items, (select count(*) from operations.request_key) as keys`,
  );

describe('PATCH /product', () => {
  it('is accepted with the monitor and the Link of the documents, whatever the platforms', async () => {
    const reply = await patch(batchOf([card('JASPER', 1), card('TMSP', 1)]));
    expectGolden(gateway, reply, 202, 'batch');
    const { id, href } = bodyOf(reply) as { id: string; href: string };
    const product = `${cmoUrl(gateway)}/ACME/product/${card('JASPER', 1)}`;
    expect(reply.headers.get('link')).toBe(
      `<${cmoUrl(gateway)}/ACME/monitor/${id}>; rel="related"; title="monitor", <${product}>; rel="self", <${product}>; rel="canonical"`,
    );
    const again = await callCmo(gateway, client, `GET monitor/${id}`);
    expect([again.status, bodyOf(again)]).toEqual([200, bodyOf(reply)]);
    expect(href.endsWith(`/ACME/monitor/${id}`)).toBe(true);
    const data = (platform: string) => ({
      subscriber: { identifier: { type: 'ICCID', value: iccidOf(platform, 1) } },
      status: 'SUSPENDED',
    });
    const job = { facade: 'cmo', action: 'ChangeSimStatus', error: null };
    expect(await storedItems(reply)).toEqual([
      { ...job, item_key: card('JASPER', 1), data: data('JASPER') },
      { ...job, item_key: card('TMSP', 1), data: data('TMSP') },
    ]);
  });

  it.each([
    ['AssignCustomProperties', [{ op: 'add', path: '/customProperty/-', value: { name: 'a', value: 'b' } }], jsonPatch],
    [
      'AssignCustomProperties',
      [{ op: 'add', path: '$.customProperty', value: { name: 'a', value: 'b' } }],
      'application/json-patch-query+json',
    ],
    ['TransferSim', [{ op: 'replace', path: '/relatedParty', value: [{ id: 'ACME-B' }] }], jsonPatch],
    ['ChangeSimStatus', [{ op: 'test', path: '/isBundle', value: true }, ...suspend], jsonPatch],
  ])('is %s by %j', async (action, operations, type) => {
    const reply = await patch(batchOf([card('JASPER', 2)], operations, [contentType(type)]));
    expect(reply.status).toBe(202);
    expect(await storedItems(reply)).toMatchObject([{ action, error: null }]);
  });

  it('lets products fail that do not exist, are not of the tree, or do not fit the patch; the others go on', async () => {
    const list = [card('JASPER', 1), card('JASPER', 9), card('IOTA', 1), card('IOTA', 2), card('TMSP', 2)];
    await gateway.database.execute(`update inventory.sim set custom_properties = $2::jsonb where iccid = $1`, [
      iccidOf('JASPER', 1),
      '[{"name":"colour","value":"blue"}]',
    ]);
    const reply = await patch(batchOf(list, [{ op: 'remove', path: '/customProperty/0' }]));
    expect(reply.status).toBe(202);
    const body = bodyOf(reply) as { state: string; response: Record<string, unknown>[]; errors: unknown[] };
    expect(body.state).toBe('IN_PROGRESS');
    expect(body.response.map(({ productId: id, state, statusCode }) => [id, state, statusCode])).toEqual([
      [list[0], 'IN_PROGRESS', 200],
      [list[1], 'FAILED', 404],
      [list[2], 'FAILED', 404],
      [list[3], 'FAILED', 404],
      [list[4], 'FAILED', 400],
    ]);
    expect(body.errors).toEqual([
      { code: 'PRODUCT_NOT_FOUND', message: 'The product does not exist.', productId: list[1] },
      { code: 'PRODUCT_NOT_FOUND', message: 'The product does not exist.', productId: list[2] },
      { code: 'PRODUCT_NOT_FOUND', message: 'The product does not exist.', productId: list[3] },
      { code: 'JSON_PATCH_INVALID', message: expect.stringContaining('Operation 0'), productId: list[4] },
    ]);
  });

  it('starts nothing by a patch that fits none of its products', async () => {
    const before = await stored();
    const reply = await patch(
      batchOf([card('JASPER', 1), card('TMSP', 1)], [{ op: 'replace', path: '/id', value: 1 }]),
    );
    expect([reply.status, bodyOf(reply)]).toMatchObject([400, { code: 'JSON_PATCH_INVALID', details: { index: 0 } }]);
    expect(await stored()).toEqual(before);
  });

  it.each([
    ['no product', batchOf([]), 400, 'BULK_EMPTY'],
    ['an id that is no text', batchOf([1]), 400, 'REQUEST_INVALID'],
    ['no list', batchOf('x'), 400, 'REQUEST_INVALID'],
    ['no patch', batchOf([card('STC', 1)], 'x'), 400, 'REQUEST_INVALID'],
    ['no operation', batchOf([card('STC', 1)], []), 400, 'JSON_PATCH_INVALID'],
    ['an unknown attribute', { ...batchOf([card('STC', 1)]), more: 1 }, 400, 'REQUEST_INVALID'],
    [
      'another method',
      { productIdList: [card('STC', 1)], request: { method: 'PUT', body: [] } },
      400,
      'REQUEST_INVALID',
    ],
    [
      'another kind of patch',
      batchOf([card('STC', 1)], suspend, [contentType('text/x')]),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['more products than allowed', batchOf(Array.from({ length: many + 1 }, () => '')), 413, 'BULK_TOO_LARGE'],
    ['no body', undefined, 400, 'REQUEST_INVALID'],
  ])('refuses %s', async (_, body, status, code) => {
    expect(errorOf(await patch(body))).toEqual([status, code]);
  });

  it.each([
    ['a product twice', [card('STC', 1), card('STC', 2), productId('STC', 1)], 2],
    ['an id of no product', [card('STC', 1), 'STC-simCard'], 1],
  ])('refuses %s, and names its index', async (_, list, index) => {
    const reply = await patch(batchOf(list));
    expect([reply.status, bodyOf(reply)]).toMatchObject([400, { code: 'REQUEST_INVALID', details: { index } }]);
  });

  it('is refused as a JSON Patch itself', async () => {
    expect(errorOf(await patch(suspend, { 'content-type': jsonPatch }))).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it('tells no secret of the request, wherever it stands', async () => {
    const secrets = ['Authorization', 'client_secret', 'X-Api-Key'].map((name) => ({ name, value: 'hidden' }));
    const reply = await patch(batchOf([card('STC', 1)], suspend, [contentType(jsonPatch), ...secrets]));
    expect(reply.status).toBe(202);
    expect(reply.text).not.toContain('hidden');
    expect(reply.text).not.toContain(client.clientSecret);
    const kept = await gateway.database.query('select request from operations.monitor');
    expect(JSON.stringify(kept)).not.toMatch(/hidden|client_secret|Authorization/);
  });

  it('is done once by its Idempotency-Key, and answered by the same monitor', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = batchOf([card('STC', 2)]);
    const first = await patch(body, headers);
    const before = await stored();
    const repeat = await patch(body, headers);
    expect([repeat.status, repeat.text, repeat.headers.get('link')]).toEqual([
      202,
      first.text,
      first.headers.get('link'),
    ]);
    expect(await stored()).toEqual(before);
    expect(errorOf(await patch(batchOf([card('STC', 1)]), headers))).toEqual([409, 'REQUEST_ID_REUSED']);
  });

  it('has ids of their own for batches of one first product that come at once', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => patch(batchOf([card('TMSP', 1)]))));
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 202));
    expect(new Set(replies.map((reply) => (bodyOf(reply) as { id: string }).id)).size).toBe(20);
  });

  it(`takes ${many} products`, async () => {
    const reply = await patch(batchOf(Array.from({ length: many }, (_, n) => card('TURKCELL', n))));
    expect(reply.status).toBe(202);
    expect(bodyOf(reply).response).toHaveLength(many);
  });

  it('is of its tenant alone', async () => {
    const { id } = bodyOf(await patch(batchOf([card('STC', 1)]))) as { id: string };
    const [sibling, stranger] = [await gateway.newClient('ACME-B'), await gateway.newClient('OTHER')];
    expect(errorOf(await callCmo(gateway, sibling, `GET monitor/${id}`))).toEqual([404, 'MONITOR_NOT_FOUND']);
    expect(errorOf(await callCmo(gateway, stranger, `GET /OTHER/monitor/${id}`))).toEqual([404, 'MONITOR_NOT_FOUND']);
    expect(errorOf(await callCmo(gateway, stranger, `GET monitor/${id}`))).toEqual([404, 'NOT_FOUND']);
    expect(errorOf(await callCmo(gateway, stranger, route, batchOf([card('STC', 1)])))).toEqual([404, 'NOT_FOUND']);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreatedClient } from '#libs/access';
import { startGateway, type GatewayUnderTest } from '../../testing/gateway-under-test.js';
import { bodyOf, callCmo, cmoUrl, errorOf, expectGolden, type CmoReply } from '../testing/cmo-client.js';
import { productId, saveCards } from '../testing/fleet.js';

let gateway: GatewayUnderTest;
let client: CreatedClient;

beforeAll(async () => {
  gateway = await startGateway();
  await saveCards(gateway.database, [
    { platform: 'JASPER', n: 1 },
    { platform: 'TMSP', n: 1, status: 'INACTIVE' },
    { platform: 'TMSP', n: 2, status: 'TERMINATED', accountId: 'ACME-B' },
    { platform: null, n: 1 },
    { platform: 'JASPER', n: 9, accountId: 'OTHER' },
  ]);
  await gateway.database.execute(
    `update inventory.sim set custom_properties = '[{"name":"MyFavoriteColour","value":"Blue"}]' where platform = 'JASPER'`,
  );
  client = await gateway.newClient('ACME');
}, 60_000);

afterAll(() => gateway.stop());

const read = (path: string, reader = client): Promise<CmoReply> => callCmo(gateway, reader, `GET ${path}`);
const idsOf = (reply: CmoReply): string[] =>
  (bodyOf(reply) as { entities: { id: string }[] }).entities.map(({ id }) => id);

const jasper = productId('JASPER', 1);
const [inactive, terminated] = [productId('TMSP', 1), productId('TMSP', 2)];

describe('GET …/product', () => {
  it('lists the SIMs of the account tree that have a platform', async () => {
    expectGolden(gateway, await read('product'), 200, 'products');
    expect(idsOf(await read('product', await gateway.newClient('ACME-B')))).toEqual([terminated]);
    const other = await callCmo(gateway, await gateway.newClient('OTHER'), 'GET /OTHER/product');
    expect(idsOf(other)).toEqual([productId('JASPER', 9)]);
  });

  it('has pages, which count from 1', async () => {
    const second = await read('product?pageNumber=2&pageSize=2');
    expect(bodyOf(second).statistics).toEqual({ currentPage: 2, pageSize: 2, totalPages: 2, totalElements: 3 });
    expect(idsOf(second)).toEqual([terminated]);
    const beyond = { entities: [], statistics: { currentPage: 7, pageSize: 100, totalPages: 1, totalElements: 3 } };
    expect(bodyOf(await read('product?pageNumber=7&pageSize=100'))).toEqual(beyond);
  });

  it('filters by status and platform', async () => {
    expect(idsOf(await read('product?status=INACTIVE'))).toEqual([inactive]);
    expect(idsOf(await read('product?platform=TMSP'))).toEqual([inactive, terminated]);
    expect(idsOf(await read('product?platform=TMSP&status=TERMINATED&pageSize=1'))).toEqual([terminated]);
    expect(bodyOf(await read('product?platform=IOTA'))).toMatchObject({ entities: [], statistics: { totalPages: 0 } });
  });

  it('shows the attributes that are asked for, beside those that are always there', async () => {
    const page = bodyOf(await read('product?pageSize=1&fields=status,customProperty')) as { entities: object[] };
    expect(Object.keys(page.entities[0] ?? {})).toEqual(['id', 'href', 'status', 'customProperty', '@type']);
    expect(Object.keys(bodyOf(await read(`product/${jasper}?fields=id`)) as object)).toEqual(['id', 'href', '@type']);
    expect(errorOf(await read(`product/${jasper}?fields=status,state`))).toEqual([400, 'REQUEST_INVALID']);
  });

  it.each([
    ...[
      'pageNumber=0',
      'pageNumber=x',
      'pageNumber=1000000',
      'pageSize=0',
      'pageSize=101',
      'status=SUSPEND',
      'platform=',
    ],
    ...['fields=', 'fields=state', 'fields=id,', 'page=1', 'platform=a%00b', 'status=ACTIVE&status=ACTIVE'],
  ])('is refused with ?%s', async (query) => {
    expect(errorOf(await read(`product?${query}`))).toEqual([400, 'REQUEST_INVALID']);
  });
});

describe('GET …/product/{id}', () => {
  it('shows a connection with its SIM card, and the card alone', async () => {
    expectGolden(gateway, await read(`product/${jasper}`), 200, 'product');
    expectGolden(gateway, await read(`product/${jasper}-simCard`), 200, 'sim-card');
    expect(bodyOf(await read(`product/${inactive}`))).not.toHaveProperty('startDate');
  });

  it('is where its href says', async () => {
    const { href } = bodyOf(await read(`product/${jasper}`));
    expect(href).toBe(`${cmoUrl(gateway)}/ACME/product/${jasper}`);
  });

  it('does not know SIMs of other accounts, other platforms or none', async () => {
    expectGolden(gateway, await read(`product/${productId('JASPER', 9)}`), 404, 'unknown-product');
    for (const id of [
      productId('JASPER', 2),
      jasper.replace('JASPER', 'TMSP'),
      `${jasper}-card`,
      'x',
      '%20',
      'a%00b',
    ]) {
      expect(errorOf(await read(`product/${id}`))).toEqual(
        id === 'a%00b' ? [400, 'REQUEST_INVALID'] : [404, 'PRODUCT_NOT_FOUND'],
      );
    }
    expect(errorOf(await read(`product/${terminated}`, await gateway.newClient('ACME-A')))).toEqual([
      404,
      'PRODUCT_NOT_FOUND',
    ]);
  });
});

describe('every error of the facade', () => {
  it('has its shape, whatever is wrong', async () => {
    expectGolden(gateway, await read('nothing'), 404, 'not-found');
    for (const path of ['/OTHER/product', `/OTHER/product/${jasper}`, '/acme/product', '/', '/ACME']) {
      expectGolden(gateway, await read(path), 404, 'not-found');
    }
    const wrong = await callCmo(gateway, client, `POST product/${jasper}`, {});
    expectGolden(gateway, wrong, 405, 'method-not-allowed');
    expect(wrong.headers.get('allow')).toContain('GET');
    const nobody = await callCmo(gateway, client, 'GET product', undefined, { client_secret: 'wrong' });
    expectGolden(gateway, nobody, 401, 'unauthenticated');
    expect(nobody.headers.get('www-authenticate')).toContain('Bearer');
    expect(errorOf(await read('product/%zz'))).toEqual([400, 'REQUEST_INVALID']);
    expect(bodyOf(await read('product/%zz'))).toMatchObject({ status: '400', '@type': 'Error' });
  });

  it('has the correlation id of the request', async () => {
    const reply = await callCmo(gateway, client, 'GET nothing', undefined, { 'x-correlation-id': 'corr-1' });
    expect(bodyOf(reply).correlationId).toBe('corr-1');
  });
});

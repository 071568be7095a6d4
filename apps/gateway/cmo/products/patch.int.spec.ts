import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { CreatedClient } from '#libs/access';
import { eventually } from '#libs/testing';
import { send, startGateway, credentials, type GatewayUnderTest } from '../../testing/gateway-under-test.js';
import { bodyOf, callCmo, cmoUrl, endOpen, errorOf, expectGolden, type CmoReply } from '../testing/cmo-client.js';
import { iccidOf, productId, saveCards, type Card } from '../testing/fleet.js';

let gateway: GatewayUnderTest;
let client: CreatedClient;

const active = (platform: string, count: number): Card[] =>
  Array.from({ length: count }, (_, index) => ({ platform, n: index + 1 }));

beforeAll(async () => {
  gateway = await startGateway();
  await saveCards(gateway.database, [
    ...active('JASPER', 40),
    ...active('TMSP', 20),
    ...active('TMUS', 5),
    { platform: 'JASPER', n: 50, status: 'TERMINATED' },
    { platform: 'TMSP', n: 50, status: 'TERMINATED' },
  ]);
}, 60_000);

// Each test has a client and SIMs of its own, as the operations that nobody ends keep their locks.
beforeEach(async () => {
  client = await gateway.newClient('ACME');
});

afterAll(() => gateway.stop());

const taken = new Map<string, number>();
/** The id of a SIM that no other test has. */
function someProduct(platform: string): string {
  const n = (taken.get(platform) ?? 0) + 1;
  taken.set(platform, n);
  return productId(platform, n);
}

const pointers = { 'content-type': 'application/json-patch+json' };
const queries = { 'content-type': 'application/json-patch-query+json' };
const patch = (id: string, body: unknown, headers: Record<string, string> = pointers): Promise<CmoReply> =>
  callCmo(gateway, client, `PATCH product/${id}`, body, headers);

const suspend = [{ op: 'replace', path: '/status', value: 'SUSPENDED' }];
const transfer = (accountId: string) => [{ op: 'replace', path: '/relatedParty/0/id', value: accountId }];
const blue = { name: 'MyFavoriteColour', value: 'Blue' };
const addBlue = [{ op: 'add', path: '/customProperty/-', value: blue }];

/** How a command ends that has changed a SIM. */
function done(id: string, after: object) {
  const entity = { entityType: 'SIM', entityId: id.slice(id.indexOf('-') + 1), version: 2, operation: 'UPDATED' };
  const sim = { status: 'ACTIVE', firstActivatedAt: '2020-04-01T20:00:00.000Z', customProperties: [], ...after };
  return { status: 'COMPLETED', response: { businessTransaction: { entities: [{ ...entity, after: sim }] } } } as const;
}

const operationsOf = async ({ username }: CreatedClient): Promise<object[]> =>
  gateway.database.query(
    `select action, facade, account_id as account, request::json from operations.operation where actor = $1 order by 1`,
    [username],
  );

const linkOf = (id: string, { headers, text }: CmoReply): void => {
  const monitor = (JSON.parse(text) as { href?: string }).href ?? '';
  const product = `${cmoUrl(gateway)}/ACME/product/${id}`;
  expect(headers.get('link')).toBe(
    `<${monitor}>; rel="related"; title="monitor", <${product}>; rel="self", <${product}>; rel="canonical"`,
  );
};

describe('a change of status', () => {
  it('on a synchronous platform is answered with the product as it is then', async () => {
    const id = someProduct('JASPER');
    const pending = patch(id, suspend);
    await endOpen(gateway, client, done(id, { status: 'SUSPENDED' }));
    const reply = await pending;
    expectGolden(gateway, reply, 200, 'suspended');
    expect(reply.headers.get('link')).toBeNull();
    const identifier = { type: 'ICCID', value: iccidOf('JASPER', 1) };
    expect(await operationsOf(client)).toEqual([
      {
        action: 'ChangeSimStatus',
        facade: 'cmo',
        account: 'ACME',
        request: { subscriber: { identifier }, status: 'SUSPENDED' },
      },
    ]);
  });

  it('on an asynchronous platform is answered with a monitor at once', async () => {
    const id = someProduct('TMSP');
    const reply = await patch(id, suspend, { ...pointers, accept: 'application/json' });
    expectGolden(gateway, reply, 202, 'monitor');
    linkOf(id, reply);
    await endOpen(gateway, client, done(id, { status: 'SUSPENDED' }));
    const monitor = await callCmo(gateway, client, `GET monitor/${bodyOf(reply).id as string}`);
    expect(bodyOf(monitor)).toMatchObject({ state: 'DONE', errors: [] });
  });

  it('of the SIM card shows the card', async () => {
    const id = `${someProduct('JASPER')}-simCard`;
    const pending = patch(id, suspend);
    await endOpen(gateway, client, done(id.replace('-simCard', ''), { status: 'SUSPENDED' }));
    expect(bodyOf(await pending)).toMatchObject({ id, '@type': 'SimCard', status: 'SUSPENDED' });
  });

  it('that the platform does not carry out is a bad gateway, with the monitor in Link', async () => {
    const id = someProduct('JASPER');
    const pending = patch(id, suspend);
    const details = { platform: 'JASPER', statusCode: 503, message: 'The platform is not available.' };
    const error = { code: 'PLATFORM_FAILED', message: 'The platform did not carry out the change.', details };
    await endOpen(gateway, client, { status: 'FAILED', error });
    const reply = await pending;
    expectGolden(gateway, reply, 502, 'platform-failed');
    const [, monitor = ''] = /^<([^>]+)>; rel="related"; title="monitor", /.exec(reply.headers.get('link') ?? '') ?? [];
    const shown = await send(monitor, 'GET', credentials(client));
    expect(shown).toMatchObject({ status: 200, body: { state: 'FAILED', response: [{ statusCode: 503 }] } });
  });

  it('that is refused by the command has the status of its code', async () => {
    const pending = patch(someProduct('JASPER'), suspend);
    await endOpen(gateway, client, { status: 'FAILED', error: { code: 'SUBSCRIBER_DEACTIVATED', message: 'm' } });
    expect(errorOf(await pending)).toEqual([409, 'SUBSCRIBER_DEACTIVATED']);
  });

  it.each([
    ['JASPER', 50, 'ACTIVE', 'SUBSCRIBER_STATE_TRANSITION'],
    ['TMSP', 50, 'ACTIVE', 'SUBSCRIBER_STATE_TRANSITION'],
    ['JASPER', 50, 'TERMINATED', 'SIM_STATUS_UNCHANGED'],
    ['TMSP', 50, 'TERMINATED', 'SIM_STATUS_UNCHANGED'],
  ])('of %s’s terminated SIM %i to %s is refused before anything is started', async (platform, n, value, code) => {
    const body = [{ op: 'replace', path: '/status', value }];
    expect(errorOf(await patch(productId(platform, n), body))).toEqual([409, code]);
    expect(await operationsOf(client)).toEqual([]);
  });
});

describe('custom properties', () => {
  it.each([
    ['JASPER', pointers, addBlue],
    ['TMSP', pointers, addBlue],
    ['TMSP', queries, [{ op: 'add', path: '$.customProperty', value: blue }]],
  ])('are answered with the product on %s', async (platform, headers, body) => {
    const id = someProduct(platform);
    const pending = patch(id, body, headers);
    await endOpen(gateway, client, done(id, { customProperties: [blue] }));
    const reply = await pending;
    expect([reply.status, bodyOf(reply)]).toMatchObject([200, { id, customProperty: [blue] }]);
    expect(await operationsOf(client)).toMatchObject([
      { action: 'AssignCustomProperties', request: { set: [blue], remove: [] } },
    ]);
  });

  it('that stay as they are start nothing', async () => {
    const id = someProduct('TMSP');
    const reply = await patch(id, [{ op: 'replace', path: '/customProperty', value: [] }]);
    expect([reply.status, bodyOf(reply)]).toMatchObject([200, { id, customProperty: [] }]);
    expect(await operationsOf(client)).toEqual([]);
  });
});

describe('a transfer', () => {
  it('is answered with a monitor where the platform offers it', async () => {
    const id = someProduct('JASPER');
    const reply = await patch(id, transfer('ACME-B'));
    expect([reply.status, bodyOf(reply)]).toMatchObject([202, { state: 'IN_PROGRESS', '@type': 'monitor' }]);
    linkOf(id, reply);
    expect(await operationsOf(client)).toMatchObject([{ action: 'TransferSim', request: { accountId: 'ACME-B' } }]);
  });

  it.each([
    ['TMUS', 'ACME-B', 400, 'PLATFORM_CHANGE_NOT_OFFERED'],
    ['JASPER', 'ACME-A', 409, 'ACCOUNT_UNCHANGED'],
    ['JASPER', 'OTHER', 404, 'ACCOUNT_NOT_FOUND'],
    ['JASPER', 'nowhere', 404, 'ACCOUNT_NOT_FOUND'],
  ])('on %s to %s is refused with %i %s', async (platform, accountId, status, code) => {
    expect(errorOf(await patch(someProduct(platform), transfer(accountId)))).toEqual([status, code]);
    expect(await operationsOf(client)).toEqual([]);
  });
});

describe('a patch', () => {
  it('that cannot be applied names its operation', async () => {
    const body = [...suspend, { op: 'replace', path: '/id', value: 'x' }];
    expectGolden(gateway, await patch(someProduct('JASPER'), body), 400, 'patch-invalid');
  });

  it.each([
    ['application/json', 415],
    ['application/merge-patch+json', 415],
    ['application/x-www-form-urlencoded', 415],
    ['text/csv', 415],
    ['application/json-patch+json; charset=utf-8', 400],
    ['Application/JSON-Patch+JSON', 400],
  ])('of the type %s is answered %i', async (type, status) => {
    const reply = await patch(productId('JASPER', 1), '[]', { 'content-type': type });
    expect(errorOf(reply)).toEqual([status, status === 415 ? 'UNSUPPORTED_MEDIA_TYPE' : 'JSON_PATCH_INVALID']);
  });

  it('is a patch on its route alone', async () => {
    const url = `${gateway.url}/v1/casm/subscribers/status`;
    expect(await send(url, 'POST', { ...credentials(client), ...pointers }, '{}')).toMatchObject({ status: 415 });
    expect(errorOf(await callCmo(gateway, client, 'PATCH product', '[]', pointers))).toEqual([
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ]);
  });

  it('is refused in the facade’s shape whatever is wrong with it', async () => {
    const id = productId('JASPER', 1);
    expect(errorOf(await patch(id, '[{'))).toEqual([400, 'REQUEST_INVALID']);
    expect(errorOf(await patch(id, '[{"__proto__":1}]'))).toEqual([400, 'REQUEST_INVALID']);
    expect(errorOf(await patch(id, JSON.stringify(['x'.repeat(512 * 1024)])))).toEqual([413, 'REQUEST_TOO_LARGE']);
    expect(errorOf(await patch(id, undefined, {}))).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    expect(errorOf(await patch(id, suspend, { ...pointers, 'idempotency-key': '' }))).toEqual([400, 'REQUEST_INVALID']);
    expect(errorOf(await patch(productId('JASPER', 999), suspend))).toEqual([404, 'PRODUCT_NOT_FOUND']);
    const stranger = await gateway.newClient('ACME-B');
    expect(errorOf(await callCmo(gateway, stranger, `PATCH product/${id}`, suspend, pointers))).toEqual([
      404,
      'PRODUCT_NOT_FOUND',
    ]);
    const inside = { ...pointers, 'x-callback-url': 'https://127.0.0.1/' };
    expect(errorOf(await patch(id, suspend, inside))).toEqual([400, 'CALLBACK_URL_REFUSED']);
    const nobody = { ...pointers, client_secret: 'wrong' };
    expect(errorOf(await patch(id, suspend, nobody))).toEqual([401, 'UNAUTHENTICATED']);
  });
});

describe('a product that a change holds', () => {
  it('is locked, and the refusal links to the monitor', async () => {
    const id = someProduct('TMSP');
    const { href } = bodyOf(await patch(id, suspend)) as { href: string };
    const refused = await patch(id, addBlue, { ...pointers, 'idempotency-key': randomUUID() });
    expectGolden(gateway, refused, 409, 'locked');
    expect(refused.headers.get('link')).toBe(`<${href}>; rel="related"`);
    expect(refused.headers.get('retry-after')).toBe('2');
    await endOpen(gateway, client, done(id, { status: 'SUSPENDED' }));
    const again = patch(id, addBlue);
    await endOpen(gateway, client, done(id, { customProperties: [blue] }));
    expect(await again).toMatchObject({ status: 200 });
  });

  it('links to the operation that is no change of a SIM', async () => {
    const id = someProduct('TMSP');
    const requestId = randomUUID();
    const reference = { identifier: { type: 'ICCID', value: id.slice(id.indexOf('-') + 1) } };
    const body = { requestId, subscriber: reference, resourceType: 'MSISDN', resource: '18685559999' };
    const holding = send(`${gateway.url}/v1/casm/subscribers/resources`, 'POST', credentials(client), body);
    const [holder] = await openOperations();
    const refused = await patch(id, suspend);
    expect(errorOf(refused)).toEqual([409, 'LOCKED']);
    expect(refused.headers.get('link')).toBe(`</admin/v1/operations/${holder}>; rel="related"`);
    await endOpen(gateway, client, { status: 'COMPLETED', response: {} });
    await holding;
  });
});

describe('a repeat by its Idempotency-Key', () => {
  it('gets the answer of the first, whatever became of the product since', async () => {
    const id = someProduct('JASPER');
    const headers = { ...pointers, 'idempotency-key': randomUUID() };
    const body = [{ op: 'test', path: '/customProperty', value: [] }, ...addBlue];
    const first = patch(id, body, headers);
    const second = patch(id, body, headers);
    await endOpen(gateway, client, done(id, { customProperties: [blue] }));
    const text = JSON.stringify([{ name: 'later', value: '1' }]);
    await gateway.database.execute('update inventory.sim set custom_properties = $2::jsonb where iccid = $1', [
      iccidOf('JASPER', Number(id.slice(-2))),
      text,
    ]);
    const third = patch(id, body, headers);
    const replies = await Promise.all([first, second, third]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(replies.map((reply) => reply.text)).size).toBe(1);
    expect(await operationsOf(client)).toHaveLength(1);
    expect(errorOf(await patch(id, suspend, headers))).toEqual([409, 'REQUEST_ID_REUSED']);
  });

  it('of an asynchronous change gets its monitor, also once that is done', async () => {
    const id = someProduct('TMSP');
    const headers = { ...pointers, 'idempotency-key': randomUUID() };
    const one = await patch(id, suspend, headers);
    const two = await patch(id, suspend, headers);
    expect([one.status, two.status, two.text]).toEqual([202, 202, one.text]);
    await endOpen(gateway, client, done(id, { status: 'SUSPENDED' }));
    await gateway.database.execute(`update inventory.sim set status = 'SUSPENDED' where iccid = $1`, [id.slice(5)]);
    const three = await patch(id, suspend, headers);
    expect(bodyOf(three)).toMatchObject({ id: (bodyOf(one) as { id: string }).id, state: 'DONE' });
  });

  it('of a refused change is refused in the same way', async () => {
    const id = someProduct('JASPER');
    const headers = { ...pointers, 'idempotency-key': randomUUID() };
    const first = patch(id, suspend, headers);
    await endOpen(gateway, client, { status: 'FAILED', error: { code: 'SUBSCRIBER_DEACTIVATED', message: 'm' } });
    expect((await patch(id, suspend, headers)).text).toBe((await first).text);
  });
});

function openOperations(): Promise<string[]> {
  return eventually(async () => {
    const rows = await gateway.database.query<{ id: string }>(
      `select operation_id as id from operations.operation where actor = $1 and status = 'ACCEPTED'`,
      [client.username],
    );
    expect(rows).toHaveLength(1);
    return rows.map(({ id }) => id);
  });
}

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { CreatedClient } from '#libs/access';
import { servicePrefix } from '#libs/services';
import { credentials, send, startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.js';
import { callShop, iccidOf, order, saveShop, simOfJm, simOfPr, type ShopReply } from './testing/shop.js';

let gateway: GatewayUnderTest;
let client: CreatedClient;

beforeAll(async () => {
  gateway = await startGateway({ environment: { SIMYARD_HYBRIS_RATE: '10000' } });
  await saveShop(gateway.database);
}, 60_000);

beforeEach(async () => {
  client = await gateway.newClient('ACME', [], ['TT', 'JM']);
});

afterAll(() => gateway.stop());

const activate = (...iccids: string[]) => [order('add', 'Activate', ...iccids)];

/** An error of seed 004, byte for byte but for white space. */
const errorText = (code: number, message: string, description: string): string =>
  JSON.stringify({ errors: [{ code, message, description }] });

const said = ({ status, text }: ShopReply): [number, string] => [status, text];

const unauthorized = errorText(
  401,
  'The user could not be authenticated for this request.',
  'The request has not been applied because it lacks valid authentication credentials for the target resource',
);
const notFound = errorText(
  404,
  'The request is invalid or not properly formed.',
  'The requested operation failed because a resource associated with the request could not be found.',
);
const invalid = (problem: string) =>
  errorText(400, 'SF:INVALID_PARAMETER', `Please Verify the Mandatory Parameters${problem}`);

async function jobs(): Promise<number> {
  const [row] = await gateway.database.query<{ jobs: number }>('select count(*)::int as jobs from bulk.job');
  return row?.jobs ?? 0;
}

describe('PATCH /ecom-sales-ux/v1/{businessId}/service', () => {
  it('answers 200 and stores one bulk job, whose items are the orders', async () => {
    const correlationId = randomUUID();
    const body = [...activate(iccidOf(0), iccidOf(1)), order('replace', 'Disconnect', iccidOf(2))];
    const reply = await callShop(gateway, client, body, { headers: { 'x-correlation-id': correlationId } });
    expect(said(reply)).toEqual([200, '{"status":200}']);
    expect(reply.headers.get('x-correlation-id')).toBe(correlationId);
    const jobId = /bulk-jobs\/(.+)>; rel="item"$/.exec(reply.headers.get('link') ?? '')?.[1];
    const monitor = `${servicePrefix}/monitor/${jobId}`;
    expect(reply.headers.get('link')).toBe(
      `<${monitor}>; rel="related"; title="monitor", </admin/v1/bulk-jobs/${jobId}>; rel="item"`,
    );
    const told = await send(gateway.url + monitor, 'GET', credentials(client));
    expect(told).toMatchObject({ status: 200, body: { id: jobId, state: 'InProgress', request: { method: 'PATCH' } } });
    const rows = await gateway.database.query(
      `select facade, action, correlation_id, item_key, data::json - 'subscriber' as data
       from bulk.job join (select *, data::jsonb as json from bulk.item) item using (job_id)
       where job_id = $1 order by ordinal`.replace('data::json -', 'json -'),
      [jobId],
    );
    const shared = { facade: 'hybris', action: 'ChangeSimStatus', correlation_id: correlationId };
    expect(rows).toEqual([
      { ...shared, item_key: iccidOf(0), data: { status: 'ACTIVE', from: ['INACTIVE'] } },
      { ...shared, item_key: iccidOf(1), data: { status: 'ACTIVE', from: ['INACTIVE'] } },
      { ...shared, item_key: iccidOf(2), data: { status: 'TERMINATED', from: ['INACTIVE', 'ACTIVE', 'SUSPENDED'] } },
    ]);
  });

  it('starts one job for the same correlation id, 50 times at once, and answers all alike', async () => {
    const before = await jobs();
    const headers = { 'x-correlation-id': randomUUID() };
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => callShop(gateway, client, activate(iccidOf(3)), { headers })),
    );
    expect(new Set(replies.map((reply) => JSON.stringify([...said(reply), reply.headers.get('link')]))).size).toBe(1);
    expect(said(replies[0]!)).toEqual([200, '{"status":200}']);
    expect(await jobs()).toBe(before + 1);
    const other = await callShop(gateway, client, activate(iccidOf(4)), { headers });
    expect(said(other)).toEqual([400, invalid(': requestId was used before with another request.')]);
  });

  it('knows a correlation id per client', async () => {
    const before = await jobs();
    const headers = { 'x-correlation-id': randomUUID() };
    const other = await gateway.newClient('ACME', [], ['TT']);
    for (const one of [client, other]) {
      expect((await callShop(gateway, one, activate(iccidOf(5)), { headers })).status).toBe(200);
    }
    expect(await jobs()).toBe(before + 2);
  });

  it('takes 10,000 ICCIDs of a body, and no more', async () => {
    const many = Array.from({ length: 10_001 }, (_, index) => iccidOf(index));
    expect(said(await callShop(gateway, client, activate(...many)))).toEqual([
      400,
      invalid(': the body must not have more than 10000 ICCIDs'),
    ]);
    // Those that are there, each many times.
    const known = Array.from({ length: 10_000 }, (_, index) => iccidOf(index % 300));
    expect((await callShop(gateway, client, activate(...known))).status).toBe(200);
  });
});

describe('seed 004’s errors', () => {
  it.each<[string, unknown, string]>([
    ['no body', undefined, ''],
    ['an empty body', '', ''],
    ['wrong JSON', '[{', ': The body is not valid JSON.'],
    ['a wrong body', {}, ': the body must be a list of patch operations'],
    ['an op that does not fit', [order('replace', 'Activate', '1')], ': /0/op must be add for Activate'],
  ])('400 for %s', async (_, body, problem) => {
    const headers = { 'content-type': 'application/json' };
    expect(said(await callShop(gateway, client, body, { headers }))).toEqual([400, invalid(problem)]);
  });

  it.each([undefined, 'with a space', 'x'.repeat(256)])('400 for the correlation id %s', async (id) => {
    const reply = await callShop(gateway, client, activate(iccidOf(6)), { headers: { 'x-correlation-id': id } });
    expect(said(reply)).toEqual([400, invalid(': the header X-Correlation-ID must be 1 to 255 printable characters')]);
  });

  it.each(['tt', 'TTO', 'XX', '%20%20'])('400 for the business id %s', async (businessId) => {
    expect(said(await callShop(gateway, client, activate(iccidOf(6)), { businessId }))).toEqual([
      400,
      invalid(': businessId must be a country code of ISO 3166, two upper-case letters'),
    ]);
  });

  it.each([
    ['no client_id', { client_id: undefined }],
    ['no client_secret', { client_secret: undefined }],
    ['a wrong secret', { client_secret: 'wrong' }],
    ['a token alone', { client_id: undefined, client_secret: undefined, authorization: 'Bearer x' }],
  ])('401 for %s', async (_, headers) => {
    const reply = await callShop(gateway, client, activate(iccidOf(6)), { headers });
    expect(said(reply)).toEqual([401, unauthorized]);
  });

  it('403 for a business unit that the client may not act for', async () => {
    const reply = await callShop(gateway, client, activate(simOfPr), { businessId: 'PR' });
    expect(said(reply)).toEqual([
      403,
      errorText(
        403,
        'The server understood the request but refuses to fulfill it.',
        'The client may not act for business id PR.',
      ),
    ]);
  });

  it.each([
    ['that is nowhere', 'eu3u43f9dj393'],
    ['of another business unit', simOfJm],
    ['of another tenant', simOfPr],
  ])('404 for an ICCID %s, and nothing is executed', async (_, iccid) => {
    const before = await jobs();
    expect(said(await callShop(gateway, client, activate(iccidOf(6), iccid)))).toEqual([404, notFound]);
    expect(await jobs()).toBe(before);
  });

  it('404 for an ICCID of the unit that is not in the client’s account tree', async () => {
    const ofB = await gateway.newClient('ACME-B', [], ['TT']);
    expect(said(await callShop(gateway, ofB, activate(iccidOf(6))))).toEqual([404, notFound]);
  });

  it('404 for an unknown path', async () => {
    const reply = await callShop(gateway, client, activate(iccidOf(6)), { businessId: 'TT/services' });
    expect(said(reply)).toEqual([404, notFound]);
  });

  it.each(['GET', 'POST', 'PUT', 'DELETE'])('405 for %s', async (method) => {
    const reply = await callShop(gateway, client, undefined, { method });
    expect(said(reply)).toEqual([
      405,
      errorText(
        405,
        'APIKIT:METHOD_NOT_ALLOWED',
        `HTTP Method ${method.toLowerCase()} not allowed for : /{businessId}/service`,
      ),
    ]);
    expect(reply.headers.get('allow')).toBe('PATCH');
  });

  it('406 for who does not accept JSON, and 415 for another content type', async () => {
    const xml = await callShop(gateway, client, activate(iccidOf(6)), { headers: { accept: 'application/xml' } });
    expect(said(xml)).toEqual([406, errorText(406, 'APIKIT:NOT_ACCEPTABLE', 'Answers are application/json.')]);
    const headers = { 'content-type': 'application/xml' };
    expect(said(await callShop(gateway, client, '<x/>', { headers }))).toEqual([
      415,
      errorText(415, 'APIKIT:UNSUPPORTED_MEDIA_TYPE', 'The content type is not supported.'),
    ]);
  });

  it('501 for a business id that is not configured', async () => {
    expect(said(await callShop(gateway, client, activate(iccidOf(6)), { businessId: 'DE' }))).toEqual([
      501,
      errorText(501, 'LLA:NOT_IMPLEMENTED', 'Operation PATCH /service for Business Id: DE not implemented'),
    ]);
  });

  it('500 for a fault of ours, after which all is as before', async () => {
    const before = await jobs();
    await gateway.database.execute('alter table bulk.item rename to item_away');
    try {
      expect(said(await callShop(gateway, client, activate(iccidOf(7))))).toEqual([
        500,
        errorText(
          500,
          'The request failed due to an internal error.',
          'An unexpected condition; the correlation id finds it in the log.',
        ),
      ]);
    } finally {
      await gateway.database.execute('alter table bulk.item_away rename to item');
    }
    expect(await jobs()).toBe(before);
  });

  it('are never of the server for any body', async () => {
    const known = fc.constantFrom('add', 'replace', 'ICCIDs', 'OrderType', 'Activate', iccidOf(8), 'characteristics');
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        known,
        fc.jsonValue(),
        fc.array(tie('any')),
        fc.record(
          {
            op: tie('any'),
            path: tie('any'),
            value: tie('any'),
            name: tie('any'),
          },
          { requiredKeys: [] },
        ),
      ),
    })).any;
    const property = fc.asyncProperty(value, async (body) => {
      const { status } = await callShop(gateway, client, JSON.stringify(body));
      expect(status).toBeLessThan(500);
    });
    await fc.assert(property, { numRuns: 300 });
  }, 60_000);
});

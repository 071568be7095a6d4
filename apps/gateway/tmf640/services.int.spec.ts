import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { CreatedClient } from '#libs/access';
import { eventually } from '#libs/testing';
import { iccidOf, saveCards } from '../cmo/testing/fleet.js';
import { endByHand, startGateway, type GatewayUnderTest, type Reply } from '../testing/gateway-under-test.js';
import {
  callTmf640,
  changeByHand,
  createByHand,
  expectGolden,
  jsonPatch,
  mergePatch,
  tmf640Url,
} from './testing/tmf640-client.js';

let gateway: GatewayUnderTest;
let client: CreatedClient;

beforeAll(async () => {
  gateway = await startGateway();
  client = await gateway.newClient('ACME');
  await saveCards(gateway.database, [
    { platform: 'JASPER', n: 1, status: 'ACTIVE' },
    { platform: 'JASPER', n: 2, status: 'INACTIVE' },
    { platform: 'JASPER', n: 3, status: 'SUSPENDED' },
    { platform: 'JASPER', n: 4, status: 'TERMINATED' },
    { platform: null, n: 5, status: 'ACTIVE' },
  ]);
}, 60_000);

afterAll(() => gateway.stop());

const call = (route: `${string} ${string}`, body?: unknown, headers?: Record<string, string>): Promise<Reply> =>
  callTmf640(gateway, client, route, body, headers);

/** The id of the service with the nth card. */
async function serviceOf(n: number, platform: string | null = 'JASPER'): Promise<string> {
  const [row] = await gateway.database.query<{ id: string }>(
    'select subscriber_id as id from inventory.sim where iccid = $1',
    [iccidOf(platform, n)],
  );
  return row?.id ?? '';
}

const keyed = (key: string, headers: Record<string, string> = mergePatch) => ({ ...headers, 'idempotency-key': key });

const idsOf = ({ body }: Reply): string[] => (body as { id: string }[]).map(({ id }) => id);

const errorOf = ({ status, body }: Reply): unknown[] => [status, (body as { code: string }).code];

const newService = {
  state: 'reserved',
  name: 'Tracker 117',
  description: 'On the roof',
  category: 'CFS',
  serviceType: 'tracking',
  serviceSpecification: { id: 'iot-tracker', name: 'IoT tracker', version: '1' },
  serviceCharacteristic: [
    { name: 'ICCID', valueType: 'string', value: '8901260012345678902' },
    { name: 'IMSI', valueType: 'string', value: '310260123456789' },
    { name: 'PLATFORM', valueType: 'string', value: 'JASPER' },
    { name: 'MSISDN', valueType: 'string', value: '18685550101' },
  ],
  relatedParty: [{ id: 'ACME-A', role: 'customer', '@referredType': 'Organization' }],
};

describe('POST /service', () => {
  it('answers 201 with what was asked for, mandatory attributes and all; a repeat as the first', async () => {
    const key = randomUUID();
    const headers = { 'idempotency-key': key };
    const waiting = call('POST service', newService, headers);
    const id = await createByHand(gateway, key);
    const reply = await waiting;
    expectGolden(gateway, reply, 201, 'created');
    expect(reply.body).toMatchObject(newService);
    expect(reply.headers.get('location')).toBe(`${tmf640Url(gateway)}/service/${id}`);
    expect((await call(`GET service/${id}`)).body).toEqual(reply.body);
    expect((await call('POST service', newService, headers)).body).toEqual(reply.body);
    const other = await call('POST service', { ...newService, name: 'Other' }, headers);
    expect(errorOf(other)).toEqual([409, 'REQUEST_ID_REUSED']);
  });

  it('answers a refusal by its code, with the monitor in Link', async () => {
    const key = randomUUID();
    const waiting = call('POST service', newService, { 'idempotency-key': key });
    const error = JSON.stringify({ code: 'SIM_IN_USE', message: 'The SIM is in use.' });
    const operationId = await eventually(() => endByHand(gateway.database, key, { status: 'FAILED', error }));
    const reply = await waiting;
    expect(errorOf(reply)).toEqual([409, 'SIM_IN_USE']);
    expect(reply.headers.get('link')).toBe(
      `<${tmf640Url(gateway)}/monitor/${operationId}>; rel="related"; title="monitor"`,
    );
    expectGolden(gateway, await call(`GET monitor/${operationId}`), 200, 'monitor-failed');
  });

  it.each([
    ['state', { state: undefined }],
    ['state', { state: 'designed' }],
    ['state', { state: 'terminated' }],
    ['serviceSpecification', { serviceSpecification: undefined }],
    ['serviceSpecification.id', { serviceSpecification: {} }],
    ['serviceCharacteristic[0].value', { serviceCharacteristic: [{ name: 'ICCID', value: 1 }] }],
    ['relatedParty', { relatedParty: [{ id: 'ACME-A' }, { id: 'ACME-B' }] }],
    ['startMode', { startMode: '1' }],
  ])('refuses a wrong %s, and names it', async (field, wrong) => {
    const reply = await call('POST service', { ...newService, ...wrong });
    expect(errorOf(reply)).toEqual([400, 'REQUEST_INVALID']);
    expect(reply.body.details.problems[0].field).toBe(field);
  });
});

describe('GET /service', () => {
  it('shows a service, or the fields of it that are asked for', async () => {
    const id = await serviceOf(1);
    const reply = await call(`GET service/${id}`);
    expectGolden(gateway, reply, 200, 'service');
    const some = await call(`GET service/${id}?fields=state,name`);
    expect(some.body).toEqual({ id, href: reply.body.href, '@type': 'Service', state: 'active' });
    expect(errorOf(await call(`GET service/${id}?fields=colour`))).toEqual([400, 'REQUEST_INVALID']);
  });

  it('lists by pages, with how many there are', async () => {
    const all = await call('GET service?limit=100');
    const total = all.body.length as number;
    expect([all.headers.get('x-total-count'), all.headers.get('x-result-count')]).toEqual([`${total}`, `${total}`]);
    expect(all.headers.get('link')).toBeNull();
    const listed: unknown[] = [];
    let next: string | undefined = 'service?limit=2&fields=state';
    while (next !== undefined) {
      const page = await call(`GET ${next}`);
      expect([page.status, page.headers.get('x-total-count')]).toEqual([200, `${total}`]);
      expect(page.headers.get('x-result-count')).toBe(String(page.body.length));
      listed.push(...idsOf(page));
      const [, url] = /^<(.+)>; rel="next"$/.exec(page.headers.get('link') ?? '') ?? [];
      next = url?.slice(tmf640Url(gateway).length + 1);
    }
    expect(listed).toEqual(idsOf(all));
  });

  it('filters on attributes of the first level', async () => {
    const id = await serviceOf(3);
    await call(`PATCH service/${id}`, { name: 'Third', category: 'RFS' }, mergePatch);
    const found = async (query: string) => idsOf(await call(`GET service?${query}`));
    expect(await found(`id=${id}`)).toEqual([id]);
    expect(await found('name=Third')).toEqual([id]);
    expect(await found('name=Third&category=CFS')).toEqual([]);
    expect(await found('state=inactive')).toEqual([id]);
    for (const wrong of [
      'state=designed',
      'id=1',
      'limit=0',
      'limit=101',
      'offset=-1',
      'name=a&name=b',
      'startDate=x',
    ]) {
      expect([wrong, ...errorOf(await call(`GET service?${wrong}`))]).toEqual([wrong, 400, 'REQUEST_INVALID']);
    }
  });

  it('shows nothing of other account trees', async () => {
    const stranger = await gateway.newClient('OTHER');
    const id = await serviceOf(1);
    for (const route of [`GET service/${id}`, `PATCH service/${id}`, `DELETE service/${id}`] as const) {
      const body = route.startsWith('PATCH') ? { state: 'inactive' } : undefined;
      expect(errorOf(await callTmf640(gateway, stranger, route, body))).toEqual([404, 'SUBSCRIBER_NOT_FOUND']);
    }
    const list = await callTmf640(gateway, stranger, 'GET service');
    expect([list.body, list.headers.get('x-total-count')]).toEqual([[], '0']);
    expectGolden(gateway, withoutCorrelation(await call('GET service/none')), 404, 'not-found');
  });
});

const withoutCorrelation = (reply: Reply): Reply => ({ ...reply, body: { ...reply.body, correlationId: '' } });

describe('PATCH /service/{id}', () => {
  it.each([
    ['a merge patch', mergePatch, { state: 'active' }],
    ['JSON', {}, { state: 'active', '@type': 'Service' }],
    ['a JSON Patch', jsonPatch, [{ op: 'replace', path: '/state', value: 'active' }]],
  ])('changes the state by %s', async (_, headers, body) => {
    const [id, key] = [await serviceOf(2), randomUUID()];
    await gateway.database.execute(`update inventory.subscriber set state = 'Inactive' where subscriber_id = $1`, [id]);
    const waiting = call(`PATCH service/${id}`, body, keyed(key, headers));
    const operationId = await changeByHand(gateway, key, id, 'Active');
    const reply = await waiting;
    expect([reply.status, reply.body.state]).toEqual([200, 'active']);
    const monitor = await call(`GET monitor/${operationId}`);
    expect(monitor.body).toMatchObject({
      state: 'Completed',
      sourceHref: reply.body.href,
      response: { statusCode: '200' },
    });
    // A repeat has the answer of the first, though it would change nothing now.
    expect((await call(`PATCH service/${id}`, body, keyed(key, headers))).body).toEqual(reply.body);
    expect(errorOf(await call(`PATCH service/${id}`, [], keyed(key, headers)))).toEqual([409, 'REQUEST_ID_REUSED']);
  });

  it('asks for the state by a command to the subscriber, whose monitor is as TMF640 has it', async () => {
    const [id, key] = [await serviceOf(1), randomUUID()];
    const waiting = call(`PATCH service/${id}`, { state: 'inactive', name: 'First' }, keyed(key));
    const operationId = await changeByHand(gateway, key, id, 'Suspended');
    expect((await waiting).body).toMatchObject({ state: 'inactive', name: 'First' });
    const [operation] = await gateway.database.query(
      'select facade, action, request::json as data from operations.operation where operation_id = $1',
      [operationId],
    );
    expect(operation).toEqual({
      ...{ facade: 'tmf640', action: 'ChangeSubscriberStatus' },
      data: { requestId: key, subscriber: { refId: id }, state: 'Suspended' },
    });
    expectGolden(gateway, await call(`GET monitor/${operationId}`), 200, 'monitor-completed');
  });

  it('changes what is said of a service at once, and takes away what is null', async () => {
    const id = await serviceOf(5, null);
    const said = { name: 'Fifth', description: 'Somewhere', serviceType: 'metering' };
    expect((await call(`PATCH service/${id}`, said, mergePatch)).body).toMatchObject(said);
    const removal = [
      { op: 'test', path: '/name', value: 'Fifth' },
      { op: 'remove', path: '/description' },
    ];
    const reply = await call(`PATCH service/${id}`, removal, jsonPatch);
    expect([reply.status, 'description' in reply.body]).toEqual([200, false]);
    const again = await call(`PATCH service/${id}`, { serviceType: null, state: 'active' }, mergePatch);
    expect(again.body).toEqual({ ...reply.body, serviceType: undefined });
    expect((await call(`GET service/${id}`)).body).toEqual(again.body);
    const [row] = await gateway.database.query<{ count: number }>(
      `select count(*)::int as count from operations.service_monitor where request::json->>'to' like '%' || $1`,
      [id],
    );
    expect(row?.count).toBe(0);
  });

  it.each([
    ['id', mergePatch, { id: randomUUID() }],
    ['href', mergePatch, { href: null }],
    ['serviceDate', mergePatch, { state: 'inactive', serviceDate: '2026-01-01T00:00:00Z' }],
    ['serviceSpecification', mergePatch, { serviceSpecification: { id: 'other' } }],
    ['serviceCharacteristic', jsonPatch, [{ op: 'remove', path: '/serviceCharacteristic/0' }]],
    ['relatedParty', jsonPatch, [{ op: 'replace', path: '/relatedParty/0/id', value: 'ACME-B' }]],
    ['colour', mergePatch, { colour: 'red' }],
    ['state', mergePatch, { state: 'designed' }],
    ['state', mergePatch, { state: null }],
    ['name', mergePatch, { name: 7 }],
    ['the body', mergePatch, []],
  ])('refuses a change of %s, and names it', async (field, headers, body) => {
    const reply = await call(`PATCH service/${await serviceOf(5, null)}`, body, headers);
    expect(errorOf(reply)).toEqual([400, 'REQUEST_INVALID']);
    expect(reply.body.details.problems[0].field).toBe(field);
  });

  it('refuses a JSON Patch that cannot be applied, with the index of its operation', async () => {
    const patch = [
      { op: 'test', path: '/state', value: 'active' },
      { op: 'replace', path: '', value: {} },
    ];
    const reply = await call(`PATCH service/${await serviceOf(5, null)}`, patch, jsonPatch);
    expect(errorOf(reply)).toEqual([400, 'JSON_PATCH_INVALID']);
    expect(reply.body.details).toEqual({ index: 1 });
    for (const type of ['text/plain', 'application/json-patch-query+json']) {
      const other = await call(`PATCH service/${await serviceOf(5, null)}`, patch, { 'content-type': type });
      expect(errorOf(other)).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    }
    const elsewhere = await call('POST service', newService, mergePatch);
    expect(errorOf(elsewhere)).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it('goes on with one of two at once; the other is refused, and told whose monitor to look at', async () => {
    const id = await serviceOf(3);
    const key = randomUUID();
    const patches = ['active', 'reserved'].map((state) =>
      call(`PATCH service/${id}`, { state }, keyed(`${key}-${state}`)),
    );
    const refused = await Promise.race(patches);
    expect(errorOf(refused)).toEqual([409, 'LOCKED']);
    const [, holder] = /\/monitor\/(.+)>; rel="related"$/.exec(refused.headers.get('link') ?? '') ?? [];
    expect((await call(`GET monitor/${holder}`)).body).toMatchObject({ id: holder, state: 'InProgress' });
    const [open] = await gateway.database.query<{ requestId: string }>(
      'select request_id as "requestId" from operations.operation where operation_id = $1',
      [holder],
    );
    await changeByHand(gateway, open?.requestId ?? '', id, 'Active');
    expect((await Promise.all(patches)).map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('answers 502 with the monitor in Link when the platform refuses', async () => {
    const [id, key] = [await serviceOf(1), randomUUID()];
    const waiting = call(`PATCH service/${id}`, { state: 'terminated' }, keyed(key));
    const details = { platform: 'JASPER', statusCode: 500, message: 'No.' };
    const error = JSON.stringify({ code: 'PLATFORM_FAILED', message: 'The platform failed.', details });
    const operationId = await eventually(() => endByHand(gateway.database, key, { status: 'FAILED', error }));
    const reply = await waiting;
    expect(errorOf(reply)).toEqual([502, 'PLATFORM_FAILED']);
    expect(reply.headers.get('link')).toContain(`/monitor/${operationId}>; rel="related"`);
  });
});

describe('DELETE /service/{id}', () => {
  it('terminates, and answers 204, also of one that is terminated', async () => {
    const [id, key] = [await serviceOf(5, null), randomUUID()];
    const waiting = call(`DELETE service/${id}`, undefined, keyed(key, {}));
    await changeByHand(gateway, key, id, 'Deactivated');
    expect([(await waiting).status, (await waiting).body]).toEqual([204, '']);
    expect((await call(`GET service/${id}`)).body).toMatchObject({ state: 'terminated' });
    expect((await call(`DELETE service/${id}`, undefined, keyed(key, {}))).status).toBe(204);
    expect((await call(`DELETE service/${await serviceOf(4)}`)).status).toBe(204);
    expect(errorOf(await call(`DELETE service/${id}`, { state: 'x' }))).toEqual([400, 'REQUEST_INVALID']);
  });
});

describe('the facade', () => {
  it('answers errors in one shape, whatever is asked for', async () => {
    const shape = { code: expect.any(String), reason: expect.any(String), '@type': 'Error' };
    const cases = [
      [404, 'NOT_FOUND', await call('GET nothing')],
      [405, 'METHOD_NOT_ALLOWED', await call('PUT service', {})],
      [400, 'REQUEST_INVALID', await call('POST service', '{"state":')],
      [404, 'MONITOR_NOT_FOUND', await call(`GET monitor/${randomUUID()}`)],
      [404, 'MONITOR_NOT_FOUND', await call('GET monitor/x')],
      [401, 'UNAUTHENTICATED', await callTmf640(gateway, { ...client, clientSecret: 'x' }, 'GET service')],
    ] as const;
    for (const [status, code, reply] of cases) {
      expect(reply).toMatchObject({ status, body: { ...shape, code, status: String(status) } });
    }
  });

  it('answers no body with a fault', async () => {
    const id = await serviceOf(4);
    const names = fc.constantFrom(
      'state',
      'name',
      'relatedParty',
      'serviceCharacteristic',
      'serviceSpecification',
      'id',
    );
    const body = fc.oneof(
      fc.json(),
      fc.dictionary(names, fc.jsonValue()).map((value) => JSON.stringify(value)),
    );
    await fc.assert(
      fc.asyncProperty(body, fc.constantFrom(mergePatch, jsonPatch, {}), async (text, headers) => {
        const patched = await call(`PATCH service/${id}`, text, headers);
        // What is valid waits for its end, which nobody brings about here.
        const posted = await call('POST service', text.replace('"serviceSpecification"', '"x"'));
        expect([patched.status < 500, posted.status < 500]).toEqual([true, true]);
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});

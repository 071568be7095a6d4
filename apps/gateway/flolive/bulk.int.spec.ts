import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { CreatedClient } from '#libs/access';
import { startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.js';
import { first, foreign, imsiOf, nobody, saveFleet, second, sibling } from './testing/fleet.js';
import { callFlolive, endCall, errorCodeOf, expectGolden, goldenJson, requestIdsOf } from './testing/flolive-client.js';

const reset = 'POST /api/v2/bulk/subscriber/reset-activation-time';
const simStatus = 'PUT /api/v2/bulk/subscriber/sim-status';
const attach = 'POST /api/v2/bulk/subscriber/offer';
const detach = 'DELETE /api/v2/bulk/subscriber/offer';

let gateway: GatewayUnderTest;
/** a user of its own for each test, as bulks of a user lock one another */
let client: CreatedClient;

beforeAll(async () => {
  gateway = await startGateway();
  await saveFleet(gateway.database);
}, 60_000);

beforeEach(async () => {
  client = await gateway.newClient('ACME-A');
});

afterAll(() => gateway.stop());

const node = (type: string, value: string, content: object = {}) => ({
  subscriberIdentifiers: { type, value },
  content,
});
const imsis = (count: number) => ({ bulk: Array.from({ length: count }, (_, index) => node('IMSI', imsiOf(index))) });

/** How much is stored, of what a bulk stores. */
async function stored(): Promise<unknown> {
  const [counts] = await gateway.database.query(
    `select (select count(*) from operations.operation) as operations, (select count(*) from operations.lock) as locks,
            (select count(*) from bulk.job) as jobs, (select count(*) from bulk.item) as items,
            (select count(*) from operations.request_key) as keys`,
  );
  return counts;
}

describe('POST /api/v2/bulk/subscriber/reset-activation-time', () => {
  it('answers the request of the documents with their ACK, and stores a job of its nodes', async () => {
    const reply = await callFlolive(gateway, client, reset, goldenJson('reset-request'));
    expectGolden(reply, 200, 'reset-ack');
    const jobId = reply.headers.get('request-id');
    const items = await gateway.database.query(
      `select ordinal, operation_id, data, item_key from bulk.item join bulk.job using (job_id)
       where job_id = $1 and action = 'ResetActivationTime' and facade = 'flolive' order by ordinal`,
      [jobId],
    );
    expect(items).toMatchObject([
      { ordinal: 1, operation_id: requestIdsOf(reply)[0], item_key: first.IMSI },
      { ordinal: 2, operation_id: requestIdsOf(reply)[1], item_key: second.IMSI },
    ]);
    const operation = `select facade, action, status from operations.operation where operation_id = $1`;
    expect(await gateway.database.query(operation, [jobId])).toEqual([
      { facade: 'flolive', action: 'SubmitBulkJob', status: 'ACCEPTED' },
    ]);
  });

  it('answers with the NAK of the documents when a node is not valid, and does nothing', async () => {
    const before = await stored();
    const unreadable = { ...node('IMSI', first.IMSI), content: { unknown: true } };
    const reply = await callFlolive(gateway, client, reset, {
      bulk: [{ subscriberIdentifiers: unreadable.subscriberIdentifiers }, node('IMSI', second.IMSI)],
    });
    expectGolden(reply, 400, 'reset-nak');
    expect(reply.headers.get('request-id')).toBeNull();
    expect(await stored()).toEqual(before);
  });

  it.each(Object.entries(first))('finds a subscriber by its %s', async (type, value) => {
    const reply = await callFlolive(gateway, client, reset, { bulk: [node(type, value)] });
    expect(reply.status).toBe(200);
    const named = `select data::json->'subscriber' as subscriber from bulk.item where operation_id = $1`;
    const [one] = await gateway.database.query(named, requestIdsOf(reply));
    const [ofSub1] = await gateway.database.query(
      `select json_build_object('refId', subscriber_id) as subscriber from inventory.subscriber where external_id = 'SUB-1'`,
    );
    expect(one).toEqual(ofSub1);
  });

  it.each([0, 201])('refuses %d nodes as a whole', async (count) => {
    const before = await stored();
    expectGolden(await callFlolive(gateway, client, reset, imsis(count)), 400, 'validation-failed');
    expect(await stored()).toEqual(before);
  });

  it('admits 200 nodes, each with a request id of its own in the order of the request', async () => {
    const reply = await callFlolive(gateway, client, reset, imsis(200));
    expect(reply.status).toBe(200);
    expect(new Set(requestIdsOf(reply)).size).toBe(200);
    const { bulk, pageable } = JSON.parse(reply.text) as { bulk: object[]; pageable: object };
    expect(bulk).toMatchObject(imsis(200).bulk);
    expect(pageable).toEqual({ page: 0, size: 200, totalPages: 1, totalElements: 200 });
  });

  it.each([
    ['an array', []],
    ['no array', { bulk: {} }],
    ['an unknown property', { ...imsis(1), dryRun: true }],
    ['a text', 'bulk'],
  ])('refuses a body that is %s as a whole', async (_, body) => {
    expectGolden(await callFlolive(gateway, client, reset, body), 400, 'validation-failed');
  });
});

describe('a bulk', () => {
  it('with mixed nodes is answered with those that failed, each with its code, and does nothing', async () => {
    const before = await stored();
    expectGolden(await callFlolive(gateway, client, simStatus, goldenJson('mixed-request')), 400, 'mixed-nak');
    expect(await stored()).toEqual(before);
  });

  it('does not see subscribers of other accounts, but those of accounts below', async () => {
    const both = { bulk: [node('IMSI', first.IMSI), node('IMSI', sibling.IMSI)] };
    const ofRoot = await callFlolive(gateway, await gateway.newClient('ACME'), reset, both);
    expect(ofRoot.status).toBe(200);
    const codes = async (imsi: string) => {
      const { status, text } = await callFlolive(gateway, client, reset, { bulk: [node('IMSI', imsi)] });
      return [status, (JSON.parse(text) as { bulk: { errorCode: string }[] }).bulk.map(({ errorCode }) => errorCode)];
    };
    for (const imsi of [sibling.IMSI, foreign.IMSI, nobody.IMSI]) {
      expect(await codes(imsi)).toEqual([400, ['SUBSCRIBER_1002']]);
    }
  });

  it.each([
    ['ChangeSimStatus', simStatus, { status: 'SUSPEND' }, { status: 'SUSPENDED' }],
    ['AttachOffer', attach, { offerId: 'IOT-10MB' }, { offerId: 'IOT-10MB' }],
    ['DetachOffer', detach, { offerId: 'IOT-10MB' }, { offerId: 'IOT-10MB' }],
  ] as const)('of %s carries its content', async (action, route, content, attributes) => {
    const reply = await callFlolive(gateway, client, route, { bulk: [node('IMSI', first.IMSI, content)] });
    expect(JSON.parse(reply.text)).toMatchObject({ bulk: [{ content }] });
    const [item] = await gateway.database.query<{ action: string; data: object }>(
      `select action, data::json from bulk.item join bulk.job using (job_id) where operation_id = $1`,
      requestIdsOf(reply),
    );
    expect(item).toMatchObject({ action, data: attributes });
  });

  it('keeps a second one of its user and action out, until it has ended; not one of another action or user', async () => {
    const held = await callFlolive(gateway, client, reset, imsis(2));
    const refused = await callFlolive(gateway, client, reset, { bulk: [node('IMSI', imsiOf(9))] });
    expectGolden(refused, 409, 'locked');
    const jobId = held.headers.get('request-id') ?? '';
    expect(refused.headers.get('link')).toBe(`</api/v2/global/call/${jobId}>; rel="related"`);
    expect(refused.headers.get('retry-after')).toBe('2');
    const holder = await callFlolive(gateway, client, `GET /api/v2/global/call/${jobId}`);
    expectGolden(holder, 200, 'call-open');

    const content = { offerId: 'IOT-10MB' };
    const other = await callFlolive(gateway, client, attach, { bulk: [node('IMSI', imsiOf(0), content)] });
    expect(other.status).toBe(200);
    const colleague = await gateway.newClient('ACME-A');
    expect((await callFlolive(gateway, colleague, reset, imsis(2))).status).toBe(200);

    await endCall(gateway.database, jobId, { status: 'COMPLETED' });
    expect((await callFlolive(gateway, client, reset, imsis(2))).status).toBe(200);
  });

  it('neither waits for single calls of its action, nor they for it', async () => {
    const content = { offerId: 'IOT-10MB' };
    const single = (index: number) =>
      callFlolive(gateway, client, `POST /api/v2/subscriber/imsi/${imsiOf(index)}/offer/IOT-10MB`);
    expect((await single(100)).status).toBe(200);
    const bulk = { bulk: [node('IMSI', imsiOf(100), content), node('IMSI', imsiOf(101), content)] };
    expect((await callFlolive(gateway, client, attach, bulk)).status).toBe(200);
    const colleague = await gateway.newClient('ACME-A');
    expect((await callFlolive(gateway, colleague, attach, bulk)).status).toBe(200);
    const next = await callFlolive(gateway, colleague, `POST /api/v2/subscriber/imsi/${imsiOf(102)}/offer/IOT-10MB`);
    expect(next.status).toBe(200);
  });

  it('that is repeated by its Idempotency-Key gets the ACK of the first, whatever became of the subscribers', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const bulk = [node('IMSI', imsiOf(120)), node('IMSI', imsiOf(121))];
    const one = await callFlolive(gateway, client, reset, { bulk }, headers);
    expect(one.status).toBe(200);
    await gateway.database.execute(`delete from inventory.resource where value = $1`, [imsiOf(120)]);
    const two = await callFlolive(gateway, client, reset, { bulk }, headers);
    expect([two.status, two.text, two.headers.get('request-id')]).toEqual([
      ...[200, one.text],
      one.headers.get('request-id'),
    ]);
    const another = await callFlolive(gateway, client, reset, { bulk: bulk.toReversed() }, headers);
    expect(errorCodeOf(another)).toEqual([409, 'GLOBAL_9409']);
  });

  it('that was refused may come again with its key', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const refused = await callFlolive(gateway, client, reset, { bulk: [node('IMSI', nobody.IMSI)] }, headers);
    expect(refused.status).toBe(400);
    expect((await callFlolive(gateway, client, reset, imsis(1), headers)).status).toBe(200);
  });

  it('gets no fault, whatever its body is', async () => {
    const before = await stored();
    const text = fc.string({ unit: 'binary', maxLength: 300 });
    const loose = fc.oneof(text, fc.jsonValue({ maxDepth: 3 }), fc.constant(undefined));
    const named = fc.record({ type: fc.oneof(fc.constantFrom('IMSI', 'ICCID', 'MSISDN'), loose), value: loose });
    const anyNode = fc.oneof(fc.record({ subscriberIdentifiers: fc.oneof(named, loose), content: loose }), loose);
    const body = fc.oneof(fc.record({ bulk: fc.oneof(fc.array(anyNode, { maxLength: 5 }), loose) }), loose);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(reset, simStatus, attach, detach), body, async (route, value) => {
        const reply = await callFlolive(gateway, client, route, value);
        expect([reply.status, reply.text]).toEqual([400, expect.stringMatching(/"errorCode":"SUBSCRIBER_100[02]"/)]);
      }),
      { numRuns: 300 },
    );
    expect(await stored()).toEqual(before);
  });
});

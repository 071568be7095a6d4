import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { CreatedClient } from '#libs/access';
import { insertOffers } from '#libs/inventory';
import { subscriberId } from '#libs/testing';
import { startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.js';
import { first, foreign, imsiOf, saveFleet, second, sibling } from './testing/fleet.js';
import {
  callFlolive,
  endCall,
  errorCodeOf,
  expectGolden,
  requestIdOf,
  requestIdsOf,
  type FloliveReply,
} from './testing/flolive-client.js';

let gateway: GatewayUnderTest;
let client: CreatedClient;
let others: CreatedClient[];

beforeAll(async () => {
  gateway = await startGateway();
  await saveFleet(gateway.database);
  await insertOffers(gateway.database, [{ tenantId: 'ACME', offerId: 'IOT-10MB', name: 'Ten megabytes' }]);
  await gateway.database.execute(
    `insert into inventory.subscriber_offer values (gen_random_uuid(), $1, 'ACME', 'IOT-10MB', 1, '2026-02-03')`,
    [subscriberId('SUB-1')],
  );
  client = await gateway.newClient('ACME-A');
  others = [await gateway.newClient('ACME-B'), await gateway.newClient('OTHER')];
}, 60_000);

afterAll(() => gateway.stop());

const read = (path: string, reader = client): Promise<FloliveReply> => callFlolive(gateway, reader, `GET /api/${path}`);

describe('GET /api/v2/subscriber/{type}/{value}', () => {
  it.each(Object.entries(first))(
    'shows a subscriber by its %s, with its SIM, resources and offers',
    async (type, value) => {
      expectGolden(await read(`v2/subscriber/${type.toLowerCase()}/${value}`), 200, 'subscriber');
    },
  );

  it('shows what is not there as empty', async () => {
    expectGolden(await read(`v2/subscriber/imsi/${second.IMSI}`), 200, 'subscriber-bare');
  });

  it('does not see subscribers of other accounts', async () => {
    for (const { IMSI } of [sibling, foreign]) {
      expectGolden(await read(`v2/subscriber/imsi/${IMSI}`), 404, 'unknown-subscriber');
    }
    expectGolden(await read('v2/subscriber/imsi/abc'), 400, 'validation-failed');
  });
});

describe('GET /api/v2/customer/{id}/external-params', () => {
  beforeAll(() =>
    gateway.database.execute(
      `insert into inventory.external_param
       select gen_random_uuid(), 'ACME', 'ACME-A', name, value, 1, now(), now()
       from (values ('c', '3'), ('a', ''), ('b', '2')) as param(name, value)`,
    ),
  );

  it('pages by name', async () => {
    expectGolden(await read('v2/customer/ACME-A/external-params?size=2'), 200, 'params');
    const { text } = await read('v2/customer/ACME-A/external-params?size=2&page=1');
    expect(JSON.parse(text)).toMatchObject({ content: [{ name: 'c', value: '3' }], pageable: { page: 1, size: 2 } });
    const all = await read('v2/customer/ACME-A/external-params');
    expect(JSON.parse(all.text)).toMatchObject({ pageable: { page: 0, size: 10, totalPages: 1, totalElements: 3 } });
  });

  it('refuses other customers and wrong pages', async () => {
    for (const reader of others) {
      expectGolden(await read('v2/customer/ACME-A/external-params', reader), 404, 'unknown-customer');
    }
    for (const query of ['size=0', 'size=201', 'page=-1', 'page=x', 'sort=name']) {
      expectGolden(await read(`v2/customer/ACME-A/external-params?${query}`), 400, 'validation-failed');
    }
    expectGolden(await read('v2/customer/%00/external-params'), 400, 'validation-failed');
  });
});

describe('a call', () => {
  const attach = async (index: number): Promise<string> => {
    const user = await gateway.newClient('ACME-A');
    const route = `POST /api/v2/subscriber/imsi/${imsiOf(index)}/offer/IOT-10MB` as const;
    return requestIdOf(await callFlolive(gateway, user, route));
  };

  it('is shown to clients of its account and those above, and unknown to others', async () => {
    const requestId = await attach(1);
    for (const reader of [client, await gateway.newClient('ACME')]) {
      expectGolden(await read(`v2/global/call/${requestId}`, reader), 200, 'call-open');
      expectGolden(await read(`v3/global/call/${requestId}`, reader), 200, 'call-v3');
    }
    for (const version of ['v2', 'v3']) {
      for (const reader of others) {
        expectGolden(await read(`${version}/global/call/${requestId}`, reader), 404, 'unknown-call');
      }
      for (const nowhere of [randomUUID(), 'not-a-uuid', "'"]) {
        expectGolden(await read(`${version}/global/call/${nowhere}`), 404, 'unknown-call');
      }
    }
  });

  it('tells how it ended', async () => {
    const done = await attach(2);
    await endCall(gateway.database, done, { status: 'COMPLETED' });
    expectGolden(await read(`v2/global/call/${done}`), 200, 'call-success');
    const attached = await attach(3);
    await endCall(gateway.database, attached, { status: 'FAILED', errorCode: 'OFFER_ATTACHED' });
    expect(errorCodeOf(await read(`v2/global/call/${attached}`))).toEqual([200, 'SUBSCRIBER_9002']);
    const late = await attach(4);
    await endCall(gateway.database, late, { status: 'TIMED_OUT', errorCode: 'OPERATION_TIMED_OUT' });
    expect(errorCodeOf(await read(`v2/global/call/${late}`))).toEqual([200, 'SUBSCRIBER_9011']);
    const broken = await attach(5);
    await endCall(gateway.database, broken, { status: 'FAILED', errorCode: 'INTERNAL_ERROR' });
    expectGolden(await read(`v2/global/call/${broken}`), 200, 'call-internal-error');
  });
});

describe('the call of a bulk', () => {
  const startReset = async (...imsis: string[]): Promise<{ jobId: string; requestIds: string[] }> => {
    const bulk = imsis.map((value) => ({ subscriberIdentifiers: { type: 'IMSI', value }, content: {} }));
    const user = await gateway.newClient('ACME-A');
    const reply = await callFlolive(gateway, user, 'POST /api/v2/bulk/subscriber/reset-activation-time', { bulk });
    return { jobId: reply.headers.get('request-id') ?? '', requestIds: requestIdsOf(reply) };
  };
  const endItem = (jobId: string, ordinal: number, status: string, code?: string): Promise<number> =>
    gateway.database.execute(
      `insert into bulk.item_result (job_id, ordinal, status, error, ended_at) values ($1, $2, $3, $4, now())`,
      [jobId, ordinal, status, code === undefined ? null : JSON.stringify({ code, message: 'for the log' })],
    );

  it('shows each node in v3, and a node by its own id', async () => {
    const { jobId, requestIds } = await startReset(imsiOf(10), imsiOf(11));
    await endItem(jobId, 1, 'COMPLETED');
    const nodes = await read(`v3/global/call/${jobId}`);
    expectGolden(nodes, 200, 'call-v3-bulk');
    expect(requestIdsOf(nodes)).toEqual(requestIds);
    expectGolden(await read(`v2/global/call/${requestIds[0] ?? ''}`), 200, 'call-success');
    expectGolden(await read(`v2/global/call/${requestIds[1] ?? ''}`), 200, 'call-open');
    expectGolden(await read(`v3/global/call/${requestIds[1] ?? ''}`), 200, 'call-v3');
    const page = await read(`v3/global/call/${jobId}?page=1&size=1`);
    expect(JSON.parse(page.text)).toEqual({
      ...{ errorCode: '', errorMessage: '', content: [{ requestId: requestIds[1], status: 'OPEN' }] },
      pageable: { page: 1, size: 1, totalPages: 2, totalElements: 2 },
    });
  });

  it('words what went wrong with a node by the action of the bulk', async () => {
    const { jobId, requestIds } = await startReset(imsiOf(12), imsiOf(13), imsiOf(14), imsiOf(15));
    await endItem(jobId, 1, 'FAILED', 'SIM_NOT_FOUND');
    await endItem(jobId, 2, 'FAILED', 'LOCKED');
    await endItem(jobId, 3, 'CANCELLED', 'OPERATION_CANCELLED');
    await endItem(jobId, 4, 'FAILED', 'INTERNAL_ERROR');
    const calls = await Promise.all(requestIds.map((id) => read(`v2/global/call/${id}`)));
    expectGolden(calls[0]!, 200, 'call-failure');
    expect(errorCodeOf(calls[1]!)).toEqual([200, 'GLOBAL_1009']);
    expectGolden(calls[2]!, 200, 'call-failure');
    expectGolden(calls[3]!, 200, 'call-internal-error');
    const { content } = JSON.parse((await read(`v3/global/call/${jobId}`)).text) as { content: { status: string }[] };
    expect(content.map(({ status }) => status)).toEqual(['FAILURE', 'FAILURE', 'FAILURE', 'INTERNAL_ERROR']);
  });

  it('tells of the bulk as a whole in v2, and nothing to others', async () => {
    const { jobId, requestIds } = await startReset(imsiOf(16));
    expectGolden(await read(`v2/global/call/${jobId}`), 200, 'call-open');
    for (const reader of others) {
      for (const id of [jobId, ...requestIds]) {
        expectGolden(await read(`v2/global/call/${id}`, reader), 404, 'unknown-call');
        expectGolden(await read(`v3/global/call/${id}`, reader), 404, 'unknown-call');
      }
    }
    await endCall(gateway.database, jobId, { status: 'COMPLETED_WITH_ERRORS', errorCode: 'BULK_ITEMS_FAILED' });
    expect(errorCodeOf(await read(`v2/global/call/${jobId}`))).toEqual([200, 'GLOBAL_9001']);
    expect(errorCodeOf(await read(`v3/global/call/${jobId}`))).toEqual([200, 'GLOBAL_9001']);

    const { jobId: cancelled } = await startReset(imsiOf(17));
    await endCall(gateway.database, cancelled, { status: 'CANCELLED', errorCode: 'OPERATION_CANCELLED' });
    expectGolden(await read(`v2/global/call/${cancelled}`), 200, 'call-failure');
    expect(errorCodeOf(await read(`v3/global/call/${cancelled}`))).toEqual([200, 'SUBSCRIBER_1063']);
  });
});

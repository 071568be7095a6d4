import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { CreatedClient } from '#libs/access';
import { swap } from './harness/commands.js';
import { readPublished } from './harness/published.js';
import { seededRandom } from './harness/random.js';
import { credentials, request, type Reply } from './harness/rest.js';
import { openScene, type Scene } from './harness/scene.js';

let scene: Scene;
let acme: CreatedClient;
let jamaica: CreatedClient;
let globex: CreatedClient;
let gateway: string;
let warehouse: string;

beforeAll(async () => {
  scene = await openScene({
    name: 'main-job',
    instances: { gateway: 1, subscriber: 1, 'resource-swap': 1, monitor: 1, 'dwh-sink': 1 },
    subscribers: 60,
    random: seededRandom('main-job'),
  });
  acme = scene.stack.acme;
  [jamaica, globex] = await Promise.all([scene.stack.newClient('ACME-JM'), scene.stack.newClient('GLOBEX')]);
  const urlOf = (name: string) => scene.services.find((service) => service.name === name)!.url;
  [gateway, warehouse] = [urlOf('gateway'), urlOf('dwh-sink')];
}, 300_000);

afterAll(() => scene.stop());

/** Subscribers that no other test of this file uses. */
let used = 0;
const someone = (): string => scene.script.externalIds[used++]!;

const swapBody = (externalId: string, number: string, changes: object = {}) => ({
  requestId: randomUUID(),
  transactionId: 'order-1',
  subscriber: { externalId },
  resourceType: 'MSISDN',
  swapResource: scene.script.numberOf(externalId),
  resource: number,
  ...changes,
});

/** Sends a write, and enters the operations that it started into the ledger. */
async function write(method: string, path: string, body: object, client: CreatedClient = acme): Promise<Reply> {
  const reply = await request(method, `${gateway}/v1/casm/subscribers${path}`, credentials(client), body);
  for (const id of await operationsOf(body)) scene.producer.ledger.ids.add(id);
  return reply;
}

const swapByRest = (body: object, client?: CreatedClient): Promise<Reply> =>
  write('POST', '/resources/swap', body, client);

async function operationsOf(body: object): Promise<string[]> {
  const { requestId } = body as { requestId?: string };
  const rows = await scene.stack.database.query<{ id: string }>(
    `select operation_id as id from operations.operation where request_id = $1 and facade = 'ocs'`,
    [requestId],
  );
  return rows.map(({ id }) => id);
}

const fromWarehouse = (path: string, client: CreatedClient = acme): Promise<Reply> =>
  request('GET', `${warehouse}/dwh/v1${path}`, credentials(client));

async function untilJudged(): Promise<void> {
  expect((await scene.verdict()).problems).toEqual([]);
  expect(scene.reader.deadLetters()).toEqual([]);
}

describe('the main job', () => {
  it('goes by Kafka from command to outcome, business transaction and warehouse row', async () => {
    const externalId = someone();
    const before = scene.script.numberOf(externalId);
    const command = scene.script.swapOf(externalId);
    await scene.producer.send([command]);
    await untilJudged();
    const { outcomes, changes } = readPublished(scene.reader);
    const outcome = outcomes.find(({ value }) => value.commandId === command.id)!.value;
    const [change, ...more] = changes.filter(({ value }) => value.businessTransaction.commandId === command.id);
    expect(more).toEqual([]);
    expect(change!.value).toMatchObject({
      businessTransaction: {
        id: outcome.businessTransactionId,
        type: 'SwapSubscriberResource',
        requestId: command.data['requestId'],
        transactionId: command.data['transactionId'],
        correlationId: `correlation ${command.id}`,
        tenant: 'ACME',
        accountId: 'ACME-TT',
        entityCount: 1,
      },
      entityType: 'SubscriberResource',
      operation: 'UPDATED',
      before: { value: before },
      after: { value: command.data['resource'] },
    });
    const { entityType, entityId, version } = change!.value;
    expect(await fromWarehouse(`/entities/${entityType}/${entityId}`)).toMatchObject({
      status: 200,
      body: { version },
    });
    expect(await fromWarehouse(`/business-transactions/${outcome.businessTransactionId}`)).toMatchObject({
      status: 200,
      body: { changes: [{ entityId, version }] },
    });
  });

  it('answers REST with the business transaction, which is published and stored alike', async () => {
    const externalId = someone();
    const body = swapBody(externalId, scene.script.freshNumber());
    const reply = await swapByRest(body);
    expect(reply).toMatchObject({
      status: 200,
      body: {
        businessTransaction: {
          type: 'SwapSubscriberResource',
          requestId: body.requestId,
          entities: [{ operation: 'UPDATED', before: { value: body.swapResource }, after: { value: body.resource } }],
        },
      },
    });
    await untilJudged();
    const { id, entities } = reply.body.businessTransaction;
    const published = readPublished(scene.reader).changes.filter(({ value }) => value.businessTransaction.id === id);
    expect(published.map(({ value }) => value.after)).toEqual([entities[0].after]);
    const history = `/v1/casm/subscribers/resources?externalId=${externalId}&resourceType=MSISDN&historyIncluded=true`;
    const read = await request('GET', gateway + history, credentials(acme));
    expect(read.body).toMatchObject({ resources: [{ value: body.resource }, { value: body.swapResource }] });
  });

  it('takes a number from a Deactivated subscriber, whose assignment ends in the same transaction', async () => {
    const [gone, taker] = [someone(), someone()];
    const number = scene.script.numberOf(gone);
    const requestId = randomUUID();
    expect(
      await write('POST', '/status', { requestId, subscriber: { externalId: gone }, state: 'Deactivated' }),
    ).toMatchObject({ status: 200 });
    const reply = await swapByRest(swapBody(taker, number));
    expect(reply.status).toBe(200);
    expect(reply.body.businessTransaction.entities).toMatchObject([
      { operation: 'UPDATED', after: { value: number, subscriberExternalId: taker } },
      { operation: 'DELETED', before: { value: number, subscriberExternalId: gone }, after: null },
    ]);
    await untilJudged();
  });
});

describe('a swap by REST that is refused', () => {
  it.each<[code: string, status: number, changes: object]>([
    ['REQUEST_ID_REQUIRED', 400, { requestId: undefined }],
    ['SUBSCRIBER_REQUIRED', 400, { subscriber: undefined }],
    ['SWAP_RESOURCE_REQUIRED', 400, { swapResource: undefined }],
    ['RESOURCE_REQUIRED', 400, { resource: undefined }],
    ['RESOURCE_TYPE_REQUIRED', 400, { resourceType: undefined }],
    ['SUBSCRIBER_NOT_FOUND', 404, { subscriber: { externalId: 'NOBODY' } }],
    ['SWAP_RESOURCE_NOT_FOUND', 404, { swapResource: '19998887777' }],
    ['RESOURCE_FORMAT_INVALID', 400, { resource: 'not a number' }],
    ['RESOURCE_TYPE_NOT_CONFIGURED', 422, { resourceType: 'FAX' }],
    ['REQUEST_INVALID', 400, { colour: 'green' }],
    ['REQUEST_INVALID', 400, { resource: 18685550102 }],
  ])('%s changes nothing', async (code, status, changes) => {
    const externalId = someone();
    const reply = await swapByRest(swapBody(externalId, scene.script.freshNumber(), changes));
    expect(reply).toMatchObject({ status, body: { error: { code } } });
    await untilJudged();
  });

  it('RESOURCE_IN_USE when another subscriber has the number', async () => {
    const [externalId, holder] = [someone(), someone()];
    const reply = await swapByRest(swapBody(externalId, scene.script.numberOf(holder)));
    expect(reply).toMatchObject({ status: 409, body: { error: { code: 'RESOURCE_IN_USE' } } });
    await untilJudged();
  });
});

describe('a foreign subscriber', () => {
  it('is as one that does not exist, by REST, in reads and in the warehouse', async () => {
    const externalId = someone();
    const { rows } = await ownResource(externalId);
    for (const stranger of [jamaica, globex]) {
      const reply = await swapByRest(swapBody(externalId, scene.script.freshNumber()), stranger);
      expect(reply).toMatchObject({ status: 404, body: { error: { code: 'SUBSCRIBER_NOT_FOUND' } } });
      const read = `${gateway}/v1/casm/subscribers/resources?externalId=${externalId}`;
      expect((await request('GET', read, credentials(stranger))).status).toBe(404);
      expect((await fromWarehouse(`/entities/SubscriberResource/${rows[0]!.id}`, stranger)).status).toBe(404);
    }
    await untilJudged();
  });

  it('is refused by Kafka as one that does not exist', async () => {
    const externalId = someone();
    const command = swap(externalId, scene.script.numberOf(externalId), scene.script.freshNumber());
    scene.script.expected.set(command.id, 'SUBSCRIBER_NOT_FOUND');
    await scene.producer.send([{ ...command, tenant: 'GLOBEX', actor: globex.username }]);
    await untilJudged();
  });
});

async function ownResource(externalId: string): Promise<{ rows: { id: string }[] }> {
  const rows = await scene.stack.database.query<{ id: string }>(
    `select resource_id as id from inventory.resource join inventory.subscriber using (subscriber_id)
     where external_id = $1`,
    [externalId],
  );
  return { rows };
}

describe('a repeated requestId', () => {
  it('gets the stored answer; with another body it is refused', async () => {
    const body = swapBody(someone(), scene.script.freshNumber());
    const first = await swapByRest(body);
    expect(first.status).toBe(200);
    expect(await swapByRest(body)).toMatchObject({ status: 200, body: first.body });
    const other = await swapByRest({ ...body, resource: scene.script.freshNumber() });
    expect(other).toMatchObject({ status: 409, body: { error: { code: 'REQUEST_ID_REUSED' } } });
    await untilJudged();
  });

  it('has one effect and one answer when 20 requests come at once', async () => {
    const body = swapBody(someone(), scene.script.freshNumber());
    const replies = await Promise.all(Array.from({ length: 20 }, () => swapByRest(body)));
    expect(new Set(replies.map((reply) => `${reply.status} ${JSON.stringify(reply.body)}`)).size).toBe(1);
    expect(replies[0]!.status).toBe(200);
    expect(await operationsOf(body)).toHaveLength(1);
    await untilJudged();
  });

  it('has one effect over REST and Kafka together', async () => {
    const externalId = someone();
    const body = swapBody(externalId, scene.script.freshNumber());
    const first = await swapByRest(body);
    const command = { ...swap(externalId, body.swapResource, body.resource), data: body };
    scene.answered.add(command.id);
    scene.script.expected.set(command.id, 'COMPLETED');
    await scene.producer.send([command]);
    await untilJudged();
    const outcome = readPublished(scene.reader).outcomes.find(({ value }) => value.commandId === command.id);
    expect(outcome?.value.businessTransactionId).toBe(first.body.businessTransaction.id);
  });
});

describe('a request that is no command', () => {
  it('needs credentials, at both services', async () => {
    const wrong = [{}, { client_id: acme.clientId }, { ...credentials(acme), client_secret: 'guessed' }];
    const urls = [`${gateway}/admin/v1/operations`, `${warehouse}/dwh/v1/metrics`];
    for (const headers of [...wrong, { authorization: 'Bearer x' }]) {
      for (const url of urls) {
        const { status } = await request('GET', url, headers);
        expect(status).toBe(401);
      }
      const { status } = await request(
        'POST',
        `${gateway}/v1/casm/subscribers/resources/swap`,
        headers,
        swapBody(scene.script.externalIds[0]!, '1'),
      );
      expect(status).toBe(401);
    }
  });

  it.each<[what: string, status: number, body: string]>([
    ['is broken JSON', 400, '{"requestId":'],
    ['is no object', 400, '[1]'],
    ['is larger than 512 KiB', 413, JSON.stringify({ requestId: 'x'.repeat(600 * 1024) })],
  ])('is refused when its body %s', async (_, status, body) => {
    const url = `${gateway}/v1/casm/subscribers/resources/swap`;
    expect((await request('POST', url, credentials(acme), body)).status).toBe(status);
  });
});

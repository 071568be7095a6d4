import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { CreatedClient } from '#libs/access';
import { createKafka, type KafkaRecord } from '#libs/kafka';
import { eventually, testBrokers } from '#libs/testing';
import {
  credentials,
  endByHand,
  send,
  startGateway,
  type GatewayUnderTest,
  type Reply,
} from '../testing/gateway-under-test.js';

let gateway: GatewayUnderTest;
let client: CreatedClient;

beforeAll(async () => {
  gateway = await startGateway();
  client = await gateway.newClient('ACME-A');
}, 60_000);

afterAll(() => gateway.stop());

const swapUrl = (): string => `${gateway.url}/v1/casm/subscribers/resources/swap`;
const swapBody = (requestId: string): Record<string, unknown> => ({
  requestId,
  transactionId: 'order-1',
  subscriber: { externalId: 'SUB-1' },
  resourceType: 'MSISDN',
  swapResource: '18685550101',
  resource: '18685550102',
});

function swap(
  requestId: string,
  changes: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<Reply> {
  return send(swapUrl(), 'POST', { ...credentials(client), ...headers }, { ...swapBody(requestId), ...changes });
}

const operationsOf = (requestId: string): Promise<Record<string, unknown>[]> =>
  gateway.database.query('select *, request::json as request from operations.operation where request_id = $1', [
    requestId,
  ]);

describe('a write', () => {
  it('becomes one operation and one command on the interactive lane, and waits for its end', async () => {
    const requestId = randomUUID();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const pending = swap(requestId, {}, { 'x-correlation-id': 'corr-1', traceparent });
    const businessTransaction = { id: randomUUID(), type: 'SwapSubscriberResource', entities: [] };
    const operationId = await eventually(() =>
      endByHand(gateway.database, requestId, {
        status: 'COMPLETED',
        response: JSON.stringify({ businessTransaction }),
      }),
    );

    const { status, headers, body } = await pending;

    expect({ status, body }).toEqual({ status: 200, body: { businessTransaction } });
    expect(headers.get('x-correlation-id')).toBe('corr-1');
    const [operation] = await operationsOf(requestId);
    expect(operation).toMatchObject({
      operation_id: operationId,
      tenant_id: 'ACME',
      account_id: 'ACME-A',
      actor: client.username,
      client_id: client.clientId,
      facade: 'ocs',
      action: 'SwapSubscriberResource',
      command_id: operationId,
      command_source: '/simyard/gateway',
      transaction_id: 'order-1',
      correlation_id: 'corr-1',
      request: swapBody(requestId),
    });
    const [record] = await recordsOf('simyard.resource-swap.commands.interactive.v1', operationId);
    expect(record?.key?.toString()).toBe('SUB-1');
    expect(JSON.parse(record?.value?.toString() ?? '')).toEqual(swapBody(requestId));
    expect(textHeaders(record)).toMatchObject({
      ce_specversion: '1.0',
      ce_id: operationId,
      ce_type: 'simyard.SwapSubscriberResource.v1',
      ce_source: '/simyard/gateway',
      ce_tenant: 'ACME',
      ce_actor: client.username,
      ce_correlationid: 'corr-1',
      traceparent,
    });
  });

  it.each([
    [
      'POST',
      'resources',
      'CreateSubscriberResource',
      { subscriber: { externalId: 'S' }, resourceType: 'MSISDN', resource: '1' },
    ],
    [
      'DELETE',
      'resources',
      'DeleteSubscriberResource',
      { subscriber: { refId: randomUUID() }, resourceType: 'MSISDN', resource: '1' },
    ],
    ['POST', '', 'CreateSubscriber', { externalId: 'S', accountId: 'ACME-A' }],
    [
      'POST',
      'status',
      'ChangeSubscriberStatus',
      { subscriber: { identifier: { type: 'MSISDN', value: '1' } }, state: 'Suspended' },
    ],
  ])('%s %s starts %s', async (method, path, action, body) => {
    const requestId = randomUUID();
    const url = `${gateway.url}/v1/casm/subscribers${path && `/${path}`}`;
    const pending = send(url, method, credentials(client), { requestId, ...body });
    await eventually(() => endByHand(gateway.database, requestId, { status: 'COMPLETED', response: '{"ok":true}' }));
    expect(await pending).toMatchObject({ status: 200, body: { ok: true } });
    expect(await operationsOf(requestId)).toMatchObject([{ action }]);
  });

  it('answers a refusal with the status of its code', async () => {
    const requestId = randomUUID();
    const pending = swap(requestId, {}, { 'x-correlation-id': 'first' });
    const error = { code: 'RESOURCE_IN_USE', message: 'The resource is assigned to another subscriber.' };
    await eventually(() => endByHand(gateway.database, requestId, { status: 'FAILED', error: JSON.stringify(error) }));
    const refused = { status: 409, body: { error: { ...error, correlationId: 'first' } } };
    expect(await pending).toMatchObject(refused);
    const repeat = await swap(requestId, {}, { 'x-correlation-id': 'second' });
    expect(repeat).toMatchObject(refused);
    expect(repeat.headers.get('x-correlation-id')).toBe('second');
  });
});

describe('a repeated requestId', () => {
  it('gets one answer for 50 concurrent requests, and starts one operation', async () => {
    const requestId = randomUUID();
    const pending = Promise.all(Array.from({ length: 50 }, () => swap(requestId)));
    const response = JSON.stringify({ businessTransaction: { id: randomUUID() } });
    await eventually(() => endByHand(gateway.database, requestId, { status: 'COMPLETED', response }));
    const replies = await pending;
    expect(new Set(replies.map(({ status, body }) => `${status} ${JSON.stringify(body)}`))).toEqual(
      new Set([`200 ${response}`]),
    );
    expect(await operationsOf(requestId)).toHaveLength(1);
  });

  it('is refused with another body or for another command, and changes nothing', async () => {
    const requestId = randomUUID();
    const pending = swap(requestId);
    await eventually(() => endByHand(gateway.database, requestId, { status: 'COMPLETED', response: '{"first":true}' }));
    await pending;
    const reused = { status: 409, body: { error: { code: 'REQUEST_ID_REUSED' } } };
    expect(await swap(requestId, { resource: '18685550103' })).toMatchObject(reused);
    const { swapResource: _, ...create } = swapBody(requestId);
    const other = await send(`${gateway.url}/v1/casm/subscribers/resources`, 'POST', credentials(client), create);
    expect(other).toMatchObject(reused);
    expect(await swap(requestId)).toMatchObject({ status: 200, body: { first: true } });
    expect(await operationsOf(requestId)).toHaveLength(1);
  });

  it('belongs to the user: another one’s starts its own operation', async () => {
    const requestId = randomUUID();
    const colleague = await gateway.newClient('ACME-A');
    const pending = [client, colleague].map((one) => send(swapUrl(), 'POST', credentials(one), swapBody(requestId)));
    await eventually(async () => expect(await operationsOf(requestId)).toHaveLength(2));
    await gateway.database.execute(
      `update operations.operation set status = 'COMPLETED', response = '{}' where request_id = $1`,
      [requestId],
    );
    expect((await Promise.all(pending)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('is told when its answer is no longer kept', async () => {
    const requestId = randomUUID();
    const pending = swap(requestId);
    const operationId = await eventually(() =>
      endByHand(gateway.database, requestId, { status: 'COMPLETED', response: '{}' }),
    );
    await pending;
    await gateway.database.execute('delete from operations.operation where operation_id = $1', [operationId]);
    const late = await swap(requestId);
    expect(late).toMatchObject({ status: 409, body: { error: { code: 'REQUEST_ID_REUSED' } } });
    expect(late.body.error.message).toContain('no longer kept');
  });
});

function textHeaders(record: KafkaRecord | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(record?.headers ?? {}).map(([name, value]) => [name, String(value)]));
}

/** Reads a topic from its beginning until there is a record with this ce_id. */
async function recordsOf(topic: string, id: string): Promise<KafkaRecord[]> {
  const { createLogger } = await import('#libs/runtime');
  const log = createLogger('spec', 'silent');
  const { kafka, prefix } = createKafka({ kafkaBrokers: testBrokers(), topicPrefix: gateway.topicPrefix }, 'spec', log);
  const consumer = kafka.consumer({ groupId: `${prefix}${randomUUID()}` });
  const found: KafkaRecord[] = [];
  await consumer.connect();
  try {
    await consumer.subscribe({ topic: prefix + topic, fromBeginning: true });
    await consumer.run({
      eachMessage: ({ message, partition }) => {
        if (message.headers?.['ce_id']?.toString() === id) {
          found.push({ ...message, topic, partition, offset: BigInt(message.offset) } as unknown as KafkaRecord);
        }
        return Promise.resolve();
      },
    });
    await eventually(() => expect(found).toHaveLength(1), { timeoutMs: 20_000 });
  } finally {
    await consumer.disconnect();
  }
  return found;
}

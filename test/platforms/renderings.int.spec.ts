import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { CreatedClient } from '#libs/access';
import { commandTopic } from '#libs/contracts';
import { commandRecord } from '#libs/testing';
import { bodyOf, callCmo } from '../../apps/gateway/cmo/testing/cmo-client.js';
import { iccidOf, productId, saveCards } from '../../apps/gateway/cmo/testing/fleet.js';
import { callFlolive, requestIdOf } from '../../apps/gateway/flolive/testing/flolive-client.js';
import {
  credentials,
  send,
  startGateway,
  type GatewayUnderTest,
} from '../../apps/gateway/testing/gateway-under-test.js';
import { servicesInHand, type PlatformWord, type ServicesInHand } from './testing/services-in-hand.js';

const platforms = ['JASPER', 'TMSP'];
let gateway: GatewayUnderTest;
let client: CreatedClient;
let services: ServicesInHand;

beforeAll(async () => {
  gateway = await startGateway({ responseTimeoutMs: 0 });
  const cards = platforms.flatMap((platform) => Array.from({ length: 30 }, (_, n) => ({ platform, n })));
  await saveCards(gateway.database, cards);
  await gateway.database.execute(`update platforms.platform set base_url = 'http://127.0.0.1:9' where name = any($1)`, [
    platforms,
  ]);
  services = servicesInHand(gateway.database);
}, 60_000);

afterAll(() => gateway.stop());

// A user runs one action of a type at a time by floLIVE.
beforeEach(async () => {
  client = await gateway.newClient('ACME');
});

let taken = 0;
const nextCard = (): number => (taken += 1);

const patch = [{ op: 'replace', path: '/status', value: 'SUSPENDED' }];
const word = (state: PlatformWord['state'], statusCode: number, message: string): PlatformWord => ({
  ...{ state, statusCode, message },
});

/** Begins a suspension of a card on TMSP by each facade; its command has been handled, and TMSP is asked. */
const begin: Record<string, (n: number) => Promise<string>> = {
  cmo: async (n) => {
    const id = productId('TMSP', n);
    const reply = await callCmo(gateway, client, `PATCH product/${id}`, patch, {
      'content-type': 'application/json-patch+json',
    });
    expect(reply.status).toBe(202);
    const [row] = await gateway.database.query<{ operation_id: string }>(
      'select operation_id from operations.monitor where monitor_id = $1',
      [(bodyOf(reply) as { id: string }).id],
    );
    await services.take(row?.operation_id ?? '');
    return row?.operation_id ?? '';
  },
  flolive: async (n) => {
    const path = `PUT /api/v2/subscriber/iccid/${iccidOf('TMSP', n)}/sim-status` as const;
    const operationId = requestIdOf(await callFlolive(gateway, client, path, { status: 'SUSPEND' }));
    await services.take(operationId);
    return operationId;
  },
  kafka: async (n) => {
    const commandId = randomUUID();
    const subscriber = { identifier: { type: 'ICCID', value: iccidOf('TMSP', n) } };
    const envelope = { id: commandId, tenant: 'ACME', actor: client.username };
    const topic = commandTopic('subscriber');
    await services.handle(commandRecord('ChangeSimStatus', { subscriber, status: 'SUSPENDED' }, { topic, envelope }));
    const [row] = await gateway.database.query<{ operation_id: string }>(
      'select operation_id from operations.operation where command_id = $1',
      [commandId],
    );
    return row?.operation_id ?? '';
  },
};

/** One operation as each facade tells it. */
async function renderings(operationId: string) {
  const call = await callFlolive(gateway, client, `GET /api/v2/global/call/${operationId}`);
  const operation = await send(`${gateway.url}/admin/v1/operations/${operationId}`, 'GET', credentials(client));
  const monitor = await callCmo(gateway, client, `GET monitor/${operationId}`);
  return {
    call: JSON.parse(call.text) as { errorCode: string; content: { status: string }[] },
    operation: operation.body as Record<string, unknown>,
    monitor: bodyOf(monitor) as Record<string, unknown>,
  };
}

const statusOf = async (platform: string, n: number): Promise<unknown> =>
  (bodyOf(await callCmo(gateway, client, `GET product/${productId(platform, n)}`)) as { status: unknown }).status;

const ofProduct = (n: number, state: string, statusCode: number, message?: string) => ({
  ...{ platform: 'TMSP', productId: `${productId('TMSP', n)}-simCard`, state, statusCode },
  ...(message !== undefined && { message }),
});

describe.each(['cmo', 'flolive', 'kafka'])('an operation that %s started', (facade) => {
  const started = async (): Promise<{ n: number; operationId: string }> => {
    const n = nextCard();
    return { n, operationId: (await begin[facade]?.(n)) ?? '' };
  };

  it('is in progress for all', async () => {
    const { n, operationId } = await started();
    const { call, operation, monitor } = await renderings(operationId);
    expect(call).toMatchObject({ errorCode: '', content: [{ status: 'OPEN' }] });
    expect(operation).toMatchObject({ operationId, facade, status: 'IN_PROGRESS', action: 'ChangeSimStatus' });
    expect(operation).not.toHaveProperty('response');
    expect(monitor).toMatchObject({
      state: 'IN_PROGRESS',
      errors: [],
      response: [ofProduct(n, 'IN_PROGRESS', 200, '')],
    });
    expect(monitor['correlationId']).toBe(operation['correlationId']);
    expect(await statusOf('TMSP', n)).toBe('ACTIVE');
  });

  it('is done for all', async () => {
    const { n, operationId } = await started();
    await services.answer(operationId, word('DONE', 200, ''));
    const { call, operation, monitor } = await renderings(operationId);
    expect(call).toMatchObject({ errorCode: '', content: [{ status: 'SUCCESS' }] });
    expect(operation).toMatchObject({
      ...{ operationId, status: 'COMPLETED' },
      response: {
        businessTransaction: {
          ...{ id: operation['businessTransactionId'], type: 'ChangeSimStatus' },
          ...{ correlationId: operation['correlationId'] },
          entities: expect.arrayContaining([
            expect.objectContaining({ entityType: 'SIM', after: expect.objectContaining({ status: 'SUSPENDED' }) }),
          ]),
        },
      },
    });
    expect(monitor).toMatchObject({
      ...{ state: 'DONE', errors: [], correlationId: operation['correlationId'] },
      response: [{ ...ofProduct(n, 'DONE', 200), body: { status: 'said' } }],
    });
    expect(await statusOf('TMSP', n)).toBe('SUSPENDED');
  });

  it('has failed for all, for the same reason', async () => {
    const { n, operationId } = await started();
    await services.answer(operationId, word('FAILED', 429, 'Slow down.'));
    const { call, operation, monitor } = await renderings(operationId);
    expect(call.content).toEqual([{ status: 'FAILURE' }]);
    expect(call.errorCode).not.toBe('');
    expect(operation).toMatchObject({ status: 'FAILED', error: { code: 'PLATFORM_FAILED' } });
    expect(monitor).toMatchObject({
      ...{ state: 'FAILED', errors: [operation['error']], correlationId: operation['correlationId'] },
      response: [ofProduct(n, 'FAILED', 429, 'Slow down.')],
    });
    expect(await statusOf('TMSP', n)).toBe('ACTIVE');
  });

  it('has timed out for all', async () => {
    const { n, operationId } = await started();
    await services.expire(operationId);
    const { call, operation, monitor } = await renderings(operationId);
    expect(call.content).toEqual([{ status: 'FAILURE' }]);
    expect(operation).toMatchObject({ status: 'TIMED_OUT', error: { code: 'OPERATION_TIMED_OUT' } });
    expect(monitor).toMatchObject({ state: 'FAILED', errors: [operation['error']] });
    // Nobody had taken the request up yet, and Kafka's operation no longer holds the SIM by which it would be known.
    const told = facade === 'cmo' ? [ofProduct(n, 'FAILED', 504)] : [];
    expect(monitor['response']).toMatchObject(told);
  });
});

describe('a batch of products on a platform that is asked and on others', () => {
  const batch = async (productIdList: string[]): Promise<{ id: string; jobId: string }> => {
    const request = { method: 'PATCH', body: patch, headers: [] };
    const reply = await callCmo(gateway, client, 'PATCH product', { productIdList, request });
    expect(reply.status).toBe(202);
    const { id } = bodyOf(reply) as { id: string };
    const [row] = await gateway.database.query<{ operation_id: string }>(
      'select operation_id from operations.monitor where monitor_id = $1',
      [id],
    );
    const jobId = row?.operation_id ?? '';
    await services.take(jobId);
    // An item that has failed already takes the place of one in a pass.
    await services.dispatch();
    await services.dispatch();
    return { id, jobId };
  };
  const itemsOf = async (jobId: string): Promise<string[]> =>
    (
      await gateway.database.query<{ operation_id: string }>(
        'select operation_id from bulk.item where job_id = $1 order by ordinal',
        [jobId],
      )
    ).map((row) => row.operation_id);
  const statesOf = async (id: string): Promise<unknown> => {
    const { state, response, errors } = bodyOf(await callCmo(gateway, client, `GET monitor/${id}`)) as {
      state: string;
      response: { state: string; statusCode: number }[];
      errors: { message: string }[];
    };
    return [state, response.map((one) => [one.state, one.statusCode]), errors.map(({ message }) => message)];
  };

  it('is done when each of them is, and tells of each as its own operation does', async () => {
    const [a, b] = [nextCard(), nextCard()];
    const { id, jobId } = await batch([productId('JASPER', a), productId('TMSP', b)]);
    const [first = '', second = ''] = await itemsOf(jobId);
    expect(await statesOf(id)).toEqual([
      'IN_PROGRESS',
      [
        ['IN_PROGRESS', 200],
        ['IN_PROGRESS', 200],
      ],
      [],
    ]);
    await services.answer(first, word('DONE', 200, ''));
    expect(await statesOf(id)).toEqual([
      'IN_PROGRESS',
      [
        ['DONE', 200],
        ['IN_PROGRESS', 200],
      ],
      [],
    ]);
    expect((await renderings(first)).call.content).toEqual([{ status: 'SUCCESS' }]);
    await services.dispatch();
    expect(await statesOf(id)).toMatchObject([
      'IN_PROGRESS',
      [
        ['DONE', 200],
        ['IN_PROGRESS', 200],
      ],
      [],
    ]);
    await services.answer(second, word('DONE', 200, ''));
    await services.dispatch();
    expect(await statesOf(id)).toEqual([
      'DONE',
      [
        ['DONE', 200],
        ['DONE', 200],
      ],
      [],
    ]);
    expect((await renderings(second)).monitor).toMatchObject({ state: 'DONE', response: [{ state: 'DONE' }] });
    const whole = await renderings(jobId);
    expect([whole.operation['status'], whole.call.content]).toEqual(['COMPLETED', [{ status: 'SUCCESS' }]]);
    expect([await statusOf('JASPER', a), await statusOf('TMSP', b)]).toEqual(['SUSPENDED', 'SUSPENDED']);
  });

  it('has failed when some of them have, and says how many', async () => {
    const [a, b] = [nextCard(), nextCard()];
    const unknown = productId('JASPER', 999);
    const { id, jobId } = await batch([productId('JASPER', a), unknown, productId('TMSP', b)]);
    const [first = '', , third = ''] = await itemsOf(jobId);
    await services.answer(third, word('FAILED', 503, 'Down.'));
    await services.dispatch();
    const one = 'The product does not exist.';
    const other = 'The platform did not carry out the change.';
    expect(await statesOf(id)).toEqual([
      'IN_PROGRESS',
      [
        ['IN_PROGRESS', 200],
        ['FAILED', 404],
        ['FAILED', 503],
      ],
      [one, other],
    ]);
    await services.answer(first, word('DONE', 200, ''));
    await services.dispatch();
    const ended = [
      ['DONE', 200],
      ['FAILED', 404],
      ['FAILED', 503],
    ];
    expect(await statesOf(id)).toEqual(['FAILED', ended, ['2 of 3 products failed.', one, other]]);
    const whole = await renderings(jobId);
    expect([whole.operation['status'], whole.call.content]).toEqual(['COMPLETED_WITH_ERRORS', [{ status: 'FAILURE' }]]);
    expect([await statusOf('JASPER', a), await statusOf('TMSP', b)]).toEqual(['SUSPENDED', 'ACTIVE']);
  });

  it('of products that do not exist has failed once it begins', async () => {
    const { id } = await batch([productId('JASPER', 998), productId('TMSP', 997)]);
    await services.dispatch();
    const one = 'The product does not exist.';
    const ended = [
      ['FAILED', 404],
      ['FAILED', 404],
    ];
    expect(await statesOf(id)).toEqual(['FAILED', ended, ['2 of 2 products failed.', one, one]]);
  });
});

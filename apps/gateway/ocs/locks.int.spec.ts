import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { CreatedClient } from '#libs/access';
import { endOperations } from '#libs/operations';
import { eventually, saveInventory, subscriberRow } from '#libs/testing';
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
  client = await gateway.newClient('ACME');
  const rows = Array.from({ length: 10 }, (_, index) => subscriberRow(`SUB-${index}`));
  await saveInventory(gateway.database, { subscribers: rows });
}, 60_000);

afterAll(() => gateway.stop());

function suspend(requestId: string, externalId: string, caller = client): Promise<Reply> {
  const body = { requestId, subscriber: { externalId }, state: 'Suspended' };
  return send(`${gateway.url}/v1/casm/subscribers/status`, 'POST', credentials(caller), body);
}

const end = (requestId: string): Promise<string> =>
  eventually(() => endByHand(gateway.database, requestId, { status: 'COMPLETED', response: '{}' }));

const operationsOf = (requestIds: string[]): Promise<{ id: string }[]> =>
  gateway.database.query('select operation_id as id from operations.operation where request_id = any($1)', [
    requestIds,
  ]);

describe('writes on one subscriber', () => {
  it('are refused while one is open: 64 at once have one winner, whom the others name', async () => {
    const requestIds = Array.from({ length: 64 }, () => randomUUID());
    const colleague = await gateway.newClient('ACME');
    const pending = requestIds.map((requestId, index) => suspend(requestId, 'SUB-1', index % 2 ? client : colleague));
    const refused: Reply[] = [];
    for (const reply of pending) void reply.then((it) => it.status === 409 && refused.push(it));
    await eventually(() => expect(refused).toHaveLength(63));
    const [holder, ...others] = await operationsOf(requestIds);
    expect(others).toEqual([]);
    for (const { headers, body } of refused) {
      expect(body).toEqual({
        error: {
          code: 'LOCKED',
          message:
            'The system is currently processing another action, please wait until the previous action is completed and then try again.',
          details: { operationId: holder?.id },
          correlationId: headers.get('x-correlation-id'),
        },
      });
      expect(headers.get('retry-after')).toBe('2');
      expect(headers.get('link')).toBe(`</admin/v1/operations/${holder?.id}>; rel="related"`);
    }
    const traces = await gateway.database.query('select from operations.request_key where key = any($1)', [requestIds]);
    expect(traces).toHaveLength(1);

    const blank = { businessTransactionId: null, error: null, endedAt: new Date() };
    const done = { ...blank, operationId: holder?.id ?? '', status: 'COMPLETED', response: '{}' } as const;
    await endOperations(gateway.database, [done]);
    expect((await Promise.all(pending)).filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('are free of one another when they are repeats, and once the first has ended', async () => {
    const requestId = randomUUID();
    const pending = Promise.all(Array.from({ length: 20 }, () => suspend(requestId, 'SUB-2')));
    await end(requestId);
    expect(new Set((await pending).map(({ status }) => status))).toEqual(new Set([200]));
    const next = randomUUID();
    const second = suspend(next, 'SUB-2');
    await end(next);
    expect(await second).toMatchObject({ status: 200 });
  });

  it('of one user on several subscribers run beside one another, however they are named', async () => {
    const requestIds = [randomUUID(), randomUUID(), randomUUID()];
    const pending = requestIds.map((requestId, index) => suspend(requestId, `SUB-${index + 3}`));
    const unknown = randomUUID();
    pending.push(suspend(unknown, 'NOBODY'), suspend(unknown, 'NOBODY'));
    for (const requestId of [...requestIds, unknown]) await end(requestId);
    expect((await Promise.all(pending)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });

  it('do not keep the key of a refused request: sent again later, it is carried out', async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    const holder = suspend(first, 'SUB-6');
    await eventually(async () => expect(await operationsOf([first])).toHaveLength(1));
    expect(await suspend(second, 'SUB-6')).toMatchObject({ status: 409, body: { error: { code: 'LOCKED' } } });
    await end(first);
    await holder;
    const again = suspend(second, 'SUB-6');
    await end(second);
    expect(await again).toMatchObject({ status: 200 });
  });
});

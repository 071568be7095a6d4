import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreatedClient } from '#libs/access';
import { insertOffers } from '#libs/inventory';
import { eventually, offers, resourceRow, saveInventory, simRow, subscriberRow } from '#libs/testing';
import type { ServiceProcess } from '#tools/stack/index';
import { credentials, request, type Reply } from './harness/rest.js';
import { createStack, type Stack } from './harness/stack.js';

const nodes = 200;
const imsiOf = (index: number): string => `22201309200${String(index).padStart(4, '0')}`;
const iccidOf = (index: number): string => `890126001234560${String(index).padStart(4, '0')}`;

let stack: Stack;
let url: string;
let subscriber: ServiceProcess;

beforeAll(async () => {
  stack = await createStack({ name: 'flolive' });
  const fleet = Array.from({ length: nodes }, (_, index) => subscriberRow(`SUB-${index}`));
  await saveInventory(stack.database, {
    subscribers: fleet,
    resources: fleet.map((one, index) => resourceRow(one, 'IMSI', imsiOf(index))),
    sims: fleet.map((one, index) =>
      simRow(one, iccidOf(index), { firstActivatedAt: new Date('2026-01-31T12:00:00Z') }),
    ),
  });
  await insertOffers(stack.database, offers);
  const [gateway, started] = await Promise.all([
    stack.start('gateway'),
    stack.start('subscriber'),
    stack.start('bulk-jobs'),
  ]);
  ({ url } = gateway);
  subscriber = started;
}, 300_000);

afterAll(() => stack.stop());

/** Commands wait in Kafka while `work` is done. */
async function whileFrozen(work: () => Promise<void>): Promise<void> {
  subscriber.kill('SIGSTOP');
  try {
    await work();
  } finally {
    subscriber.kill('SIGCONT');
  }
}

const call = (client: CreatedClient, method: string, path: string, body?: unknown): Promise<Reply> =>
  request(method, `${url}/api/${path}`, credentials(client), body);

const requestIdOf = ({ status, body }: Reply): string => {
  expect({ status, errorCode: body.errorCode }).toEqual({ status: 200, errorCode: '' });
  return body.requestId as string;
};

const statusOf = async (client: CreatedClient, requestId: string): Promise<{ status: string; errorCode: string }> => {
  const { body } = await call(client, 'GET', `v2/global/call/${requestId}`);
  return { status: body.content[0].status as string, errorCode: body.errorCode as string };
};

const untilEnded = (client: CreatedClient, requestId: string): Promise<{ status: string; errorCode: string }> =>
  eventually(
    async () => {
      const call = await statusOf(client, requestId);
      expect(call.status).not.toBe('OPEN');
      return call;
    },
    { timeoutMs: 60_000 },
  );

const success = { status: 'SUCCESS', errorCode: '' };
const bulkOf = (indexes: number[], content: object = {}) => ({
  bulk: indexes.map((index) => ({ subscriberIdentifiers: { type: 'IMSI', value: imsiOf(index) }, content })),
});

describe('the external params of two customers', () => {
  it('are modified by a user one after the other', async () => {
    const client = stack.acme;
    const [one, two] = await Promise.all(['ACME-TT', 'ACME-JM'].map(createParam));
    let first = '';
    await whileFrozen(async () => {
      first = requestIdOf(await call(client, 'PUT', one!, { value: 'new' }));
      const refused = await call(client, 'PUT', two!, { value: 'new' });
      expect(refused).toMatchObject({
        status: 409,
        body: {
          errorCode: 'GLOBAL_1009',
          errorMessage:
            'The system is currently processing another action, please wait until the previous action is completed and then try again.',
        },
      });
      expect(refused.headers.get('link')).toContain(`/api/v2/global/call/${first}`);
      expect(await statusOf(client, first)).toEqual({ status: 'OPEN', errorCode: '' });
    });
    expect(await untilEnded(client, first)).toEqual(success);
    const second = requestIdOf(await call(client, 'PUT', two!, { value: 'new' }));
    expect(await untilEnded(client, second)).toEqual(success);
    expect(requestIdOf(await call(client, 'DELETE', two!))).not.toBe(second);
  });

  /** The path of a new one. */
  async function createParam(customer: string): Promise<string> {
    const client = await stack.newClient(customer);
    const path = `v2/customer/${customer}/external-params`;
    const requestId = requestIdOf(await call(client, 'POST', path, { name: 'costCentre', value: 'old' }));
    expect(await untilEnded(client, requestId)).toEqual(success);
    const { body } = await call(client, 'GET', path);
    expect(body.content).toMatchObject([{ name: 'costCentre', value: 'old' }]);
    return `${path}/${body.content[0].instanceId as string}`;
  }
});

describe('a bulk', () => {
  it(`resets ${nodes} SIMs, each node with a call of its own`, async () => {
    const indexes = Array.from({ length: nodes }, (_, index) => index);
    const path = 'v2/bulk/subscriber/reset-activation-time';
    const reply = await call(stack.acme, 'POST', path, bulkOf(indexes));
    expect(reply.status).toBe(200);
    const jobId = reply.headers.get('request-id') ?? '';
    expect(await untilEnded(stack.acme, jobId)).toEqual(success);
    const { body } = await call(stack.acme, 'GET', `v3/global/call/${jobId}`);
    const requestIds = (reply.body.bulk as { requestId: string }[]).map(({ requestId }) => requestId);
    expect(body.content).toEqual(requestIds.map((requestId) => ({ requestId, status: 'SUCCESS' })));
    const left = `select from inventory.sim where first_activated_at is not null`;
    expect(await stack.database.query(left)).toEqual([]);
    // The lock of the bulk is free again.
    expect((await call(stack.acme, 'POST', path, bulkOf([0]))).status).toBe(200);
  });

  it('fails alone in the node whose subscriber is locked', async () => {
    const [single, bulk] = [await stack.newClient('ACME'), await stack.newClient('ACME-TT')];
    let held = '';
    let requestIds: string[] = [];
    await whileFrozen(async () => {
      held = requestIdOf(await call(single, 'POST', `v2/subscriber/imsi/${imsiOf(1)}/offer/IOT-10MB`));
      const wanted = bulkOf([1, 2], { offerId: 'IOT-1GB' });
      const reply = await call(bulk, 'POST', 'v2/bulk/subscriber/offer', wanted);
      expect(reply.status).toBe(200);
      requestIds = (reply.body.bulk as { requestId: string }[]).map(({ requestId }) => requestId);
      const locked = { status: 'FAILURE', errorCode: 'GLOBAL_1009' };
      expect(await untilEnded(bulk, requestIds[0]!)).toEqual(locked);
      expect(await statusOf(bulk, requestIds[1]!)).toEqual({ status: 'OPEN', errorCode: '' });
    });
    expect(await untilEnded(bulk, requestIds[1]!)).toEqual(success);
    expect(await untilEnded(single, held)).toEqual(success);
    const { body } = await call(bulk, 'GET', `v2/subscriber/imsi/${imsiOf(1)}`);
    expect(body.content.offers).toMatchObject([{ offerId: 'IOT-10MB' }]);
  });
});

describe("a SIM's status", () => {
  it('is changed once, and a second time fails with the code of its action', async () => {
    const client = await stack.newClient('ACME-TT');
    const path = `v2/subscriber/iccid/${iccidOf(3)}`;
    const suspend = async () => requestIdOf(await call(client, 'PUT', `${path}/sim-status`, { status: 'SUSPEND' }));
    expect(await untilEnded(client, await suspend())).toEqual(success);
    const { body } = await call(client, 'GET', path);
    expect(body.content).toMatchObject({ state: 'Suspended', sim: { status: 'SUSPEND' } });
    expect(await untilEnded(client, await suspend())).toEqual({ status: 'FAILURE', errorCode: 'SUBSCRIBER_1008' });
  });
});

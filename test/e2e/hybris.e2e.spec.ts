import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createClient, type CreatedClient } from '#libs/access';
import { saveBusinessUnit } from '#libs/inventory';
import { eventually } from '#libs/testing';
import { openPlatformScene, type PlatformScene } from './harness/platforms.js';
import { credentials, request } from './harness/rest.js';
import { secretPepper } from './harness/stack.js';

const sims = 80;

let scene: PlatformScene;
let url: string;

beforeAll(async () => {
  scene = await openPlatformScene({
    name: 'hybris',
    platforms: ['JASPER', 'TMSP', 'STC', 'GALAXY1'],
    subscribers: sims,
    settings: { pollMs: 100 },
    simulated: { answerMs: { min: 0, max: 10 }, completionMs: { min: 0, max: 50 } },
    instances: { subscriber: 1, 'bulk-jobs': 1, 'platform-connector': 1, monitor: 1, 'dwh-sink': 1 },
  });
  await saveBusinessUnit(scene.stack.database, { businessId: 'TT', accountIds: ['ACME-TT'] });
  const gateway = await scene.start('gateway');
  url = await gateway.up;
}, 300_000);

afterAll(() => scene.stop());

const shop = (): Promise<CreatedClient> =>
  createClient(scene.stack.database, secretPepper, { username: randomUUID(), accountId: 'ACME', businessIds: ['TT'] });

const iccids = (from: number, to: number): string[] => scene.subscribers.slice(from, to).map(({ iccid }) => iccid);

const order = (orderType: string, value: string[]): object => ({
  op: orderType === 'Activate' ? 'add' : 'replace',
  path: 'characteristics',
  value: [
    { name: 'ICCIDs', valueType: 'array', value },
    { name: 'OrderType', valueType: 'String', value: orderType },
  ],
});

async function place(client: CreatedClient, correlationId: string, orders: object[]): Promise<void> {
  const headers = { ...credentials(client), 'x-correlation-id': correlationId };
  const { status, body } = await request('PATCH', `${url}/ecom-sales-ux/v1/TT/service`, headers, orders);
  expect({ status, body }).toEqual({ status: 200, body: { status: 200 } });
}

interface ItemEnd {
  iccid: string;
  status: string;
  code: string | null;
}

/** How each ICCID of the jobs of these correlation ids has ended. */
async function endsOf(...correlationIds: string[]): Promise<ItemEnd[]> {
  const read = () =>
    scene.stack.database.query<ItemEnd>(
      `select item_key as iccid, coalesce(result.status, operation.status) as status,
              coalesce(result.error, operation.error)::json->>'code' as code
       from bulk.job join bulk.item using (job_id)
       left join bulk.item_result result using (job_id, ordinal)
       left join operations.operation operation on operation.operation_id = item.operation_id
       where job.correlation_id = any($1) and job.state = 'ENDED' order by item_key, status`,
      [correlationIds],
    );
  await eventually(
    async () => {
      const [row] = await scene.stack.database.query<{ n: number }>(
        `select count(*)::int as n from bulk.job where correlation_id = any($1) and state = 'ENDED'`,
        [correlationIds],
      );
      expect(row?.n).toBe(correlationIds.length);
    },
    { timeoutMs: 120_000, intervalMs: 100 },
  );
  return read();
}

const ended = (list: string[], code: string | null): ItemEnd[] =>
  list.map((iccid) => ({ iccid, status: code === null ? 'COMPLETED' : 'FAILED', code }));

/** The statuses of SIMs here, and those at their platforms. */
async function statuses(from: number, to: number): Promise<{ here: string[]; there: string[] }> {
  const here = await scene.stack.database.query<{ status: string }>(
    'select status from inventory.sim where iccid = any($1) order by iccid',
    [iccids(from, to)],
  );
  const there = await Promise.all(
    scene.subscribers.slice(from, to).map(({ platform, iccid }) => scene.simulator.sim(platform, iccid)),
  );
  return { here: here.map(({ status }) => status), there: there.map(({ status }) => status) };
}

describe('orders of a shop', () => {
  it('are carried out by the SIMs’ platforms, and what is impossible fails alone', async () => {
    const client = await shop();
    const correlationId = `order-${randomUUID()}`;
    const [suspended, resumed, disconnected] = [iccids(0, 12), iccids(12, 16), iccids(16, 20)];
    await place(client, correlationId, [
      order('Suspend', suspended),
      order('Resume', resumed),
      order('Disconnect', disconnected),
    ]);
    expect(await endsOf(correlationId)).toEqual([
      ...ended(suspended, null),
      ...ended(resumed, 'SIM_STATUS_UNCHANGED'),
      ...ended(disconnected, null),
    ]);
    const next = randomUUID();
    await place(client, next, [order('Resume', [...suspended.slice(0, 4), ...disconnected])]);
    expect(await endsOf(next)).toEqual([
      ...ended(suspended.slice(0, 4), null),
      ...ended(disconnected, 'SIM_STATUS_TRANSITION'),
    ]);
    const expected = [
      ...Array<string>(4).fill('ACTIVE'),
      ...Array<string>(8).fill('SUSPENDED'),
      ...Array<string>(4).fill('ACTIVE'),
      ...Array<string>(4).fill('TERMINATED'),
    ];
    expect(await statuses(0, 20)).toEqual({ here: expected, there: expected });
    await eventually(
      async () => {
        const [stored] = await scene.stack.database.query<{ n: number }>(
          'select count(*)::int as n from dwh.business_transaction where correlation_id = $1',
          [correlationId],
        );
        expect(stored?.n).toBe(suspended.length + disconnected.length);
      },
      { timeoutMs: 60_000 },
    );
  }, 300_000);

  it('of two clients for the same SIMs at once never leave a SIM between two states, nor a lock', async () => {
    const [one, other] = await Promise.all([shop(), shop()]);
    const list = iccids(20, sims);
    const [first, second] = [randomUUID(), randomUUID()];
    await Promise.all([
      place(one, first, [order('Suspend', list)]),
      place(other, second, [order('Disconnect', list.toReversed())]),
    ]);
    const ends = await endsOf(first, second);
    expect(ends).toHaveLength(2 * list.length);
    const refusals = new Set(ends.flatMap(({ code }) => code ?? []));
    expect([...refusals].filter((code) => code !== 'LOCKED' && code !== 'SIM_STATUS_TRANSITION')).toEqual([]);
    const { here, there } = await statuses(20, sims);
    expect(here).toEqual(there);
    expect(here.filter((status) => status === 'ACTIVE')).toEqual([]);
    expect(await scene.stack.database.query('select key from operations.lock')).toEqual([]);
  }, 300_000);
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, saveInventory, simRow, subscriberRow } from '#libs/testing';
import type { ServiceProcess } from '#tools/stack/index';
import { bulkClient } from './harness/bulk.js';
import { floliveUser, type FloliveUser } from './harness/flolive.js';
import { credentials, request, type Reply } from './harness/rest.js';
import { createStack, type Stack } from './harness/stack.js';
import { countRows } from './harness/state.js';

const subscribers = 20_010;
const iccidOf = (index: number): string => `8901${String(index).padStart(15, '0')}`;
const statusPath = (index: number): string => `subscriber/iccid/${iccidOf(index)}/sim-status`;
const resets = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => ({ data: { subscriber: { externalId: `SUB-${from + n}` } } }));

let stack: Stack;
let url: string;
/** a gateway whose operations have little time */
let hastyUrl: string;
let subscriber: ServiceProcess;

beforeAll(async () => {
  stack = await createStack({ name: 'locks' });
  const rows = Array.from({ length: subscribers }, (_, index) => subscriberRow(`SUB-${index}`));
  for (let from = 0; from < subscribers; from += 5000) {
    const some = rows.slice(from, from + 5000);
    const sims = some.map((row, n) => simRow(row, iccidOf(from + n)));
    await saveInventory(stack.database, { subscribers: some, sims });
  }
  await stack.database.execute('analyze');
  const [gateway, hasty, started] = await Promise.all([
    stack.start('gateway'),
    stack.start('gateway', { SIMYARD_OPERATION_DEADLINE_MS: '5000' }),
    stack.start('subscriber'),
    stack.start('bulk-jobs'),
    stack.start('monitor'),
  ]);
  [url, hastyUrl, subscriber] = [gateway.url, hasty.url, started];
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

const newUser = async (): Promise<FloliveUser> => floliveUser(url, await stack.newClient('ACME'));
const admin = (path: string): Promise<Reply> => request('GET', `${url}/admin/v1/${path}`, credentials(stack.acme));

describe('an operation past its deadline, whose command waits in Kafka', () => {
  it('is TIMED_OUT, its locks are free, and the late command changes nothing', async () => {
    const client = await stack.newClient('ACME');
    const [hasty, user] = [floliveUser(hastyUrl, client), floliveUser(url, client)];
    let [late, next] = ['', ''];
    await whileFrozen(async () => {
      late = await hasty.start('PUT', statusPath(0), { status: 'SUSPEND' });
      expect((await admin(`locks?user=${encodeURIComponent(client.username)}`)).body.locks).toMatchObject([
        { operationId: late },
        { operationId: late },
      ]);
      await eventually(async () => expect(await countRows(stack.database, 'messaging.outbox')).toBe(0));
      await user.untilStatus(late, 'FAILURE');
      expect((await admin(`operations/${late}`)).body).toMatchObject({ status: 'TIMED_OUT' });
      expect((await admin('locks')).body.locks).toEqual([]);
      next = await user.start('PUT', statusPath(0), { status: 'INACTIVE' });
    });
    await user.untilStatus(next, 'SUCCESS');
    await eventually(async () => expect(await handled(late)).toBe(true));
    expect((await admin(`operations/${late}`)).body).toMatchObject({ status: 'TIMED_OUT' });
    expect(await simOf(0)).toEqual({ status: 'INACTIVE', version: 2 });
  });
});

describe('a subscriber that a call holds', () => {
  it('is refused to other users and facades, and to nobody afterwards', async () => {
    const [holder, other] = [await newUser(), await newUser()];
    const ocs = { requestId: 'R-1', transactionId: 'T-1', subscriber: { externalId: 'SUB-1' }, state: 'Inactive' };
    const change = (requestId: string): Promise<Reply> =>
      request('POST', `${url}/v1/casm/subscribers/status`, credentials(stack.acme), { ...ocs, requestId });
    let held = '';
    await whileFrozen(async () => {
      held = await holder.start('PUT', statusPath(1), { status: 'SUSPEND' });
      const refused = [await other.call('PUT', statusPath(1), { status: 'INACTIVE' }), await change('R-1')];
      expect(refused.map(({ status }) => status)).toEqual([409, 409]);
      for (const { headers } of refused) {
        expect(headers.get('retry-after')).toBe('2');
        expect(headers.get('link')).toContain(`/${held}>; rel="related"`);
      }
    });
    await holder.untilStatus(held, 'SUCCESS');
    expect(await change('R-1')).toMatchObject({ status: 200 });
    expect(await simOf(1)).toEqual({ status: 'INACTIVE', version: 3 });
  });
});

describe('a bulk', () => {
  it('is the only one of its action and user, beside those of others and single calls', async () => {
    const [client, someone] = [await stack.newClient('ACME'), await stack.newClient('ACME')];
    const [bulk, user] = [bulkClient(url, client), floliveUser(url, client)];
    const offers = resets(8, 10).map(({ data }) => ({ data: { ...data, offerId: 'NONE' } }));
    let jobs: string[] = [];
    await whileFrozen(async () => {
      const first = await bulk.start('ResetActivationTime', resets(2, 4));
      const second = await bulk.submit('ResetActivationTime', resets(4, 6));
      expect(second).toMatchObject({ status: 409, body: { error: { code: 'LOCKED' } } });
      expect(second.headers.get('link')).toBe(`</admin/v1/operations/${first}>; rel="related"`);
      const floliveBulk = { bulk: [{ subscriberIdentifiers: { type: 'ICCID', value: iccidOf(4) }, content: {} }] };
      const third = await user.call('POST', 'bulk/subscriber/reset-activation-time', floliveBulk);
      expect(third).toMatchObject({ status: 409, body: { errorCode: 'GLOBAL_1009' } });
      const another = await bulk.start('AttachOffer', offers);
      const others = await bulkClient(url, someone).start('ResetActivationTime', resets(4, 6));
      jobs = [first, another, others];
      await user.start('PUT', statusPath(6), { status: 'SUSPEND' });
    });
    const ends = await Promise.all(jobs.map((jobId) => bulk.untilEnded(jobId)));
    expect(ends.map(({ status }) => status)).toEqual(['COMPLETED', 'COMPLETED_WITH_ERRORS', 'COMPLETED']);
    const again = await bulk.start('ResetActivationTime', resets(2, 4));
    expect(await bulk.untilEnded(again)).toMatchObject({ status: 'COMPLETED' });
    await eventually(async () => expect((await admin('locks')).body.locks).toEqual([]));
  });

  it('of 20,000 items does not hold up a single call', async () => {
    const bulk = bulkClient(url, stack.acme);
    const user = await newUser();
    const jobId = await bulk.start('ResetActivationTime', resets(10, subscribers));
    await eventually(async () => expect((await bulk.job(jobId)).completed).toBeGreaterThan(0), { timeoutMs: 60_000 });
    const call = await user.start('PUT', statusPath(7), { status: 'SUSPEND' });
    await user.untilStatus(call, 'SUCCESS');
    const job = await bulk.job(jobId);
    expect(job).toMatchObject({ state: 'RUNNING' });
    expect(job.pending).toBeGreaterThan(0);
    expect(await bulk.untilEnded(jobId, 240_000)).toMatchObject({ status: 'COMPLETED', completed: 20_000, failed: 0 });
  }, 300_000);
});

async function simOf(index: number): Promise<unknown> {
  const [sim] = await stack.database.query('select status, version from inventory.sim where iccid = $1', [
    iccidOf(index),
  ]);
  return sim;
}

async function handled(commandId: string): Promise<boolean> {
  const rows = await stack.database.query('select from messaging.inbox where message_id = $1', [commandId]);
  return rows.length > 0;
}

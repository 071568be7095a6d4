import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import type { CreatedClient } from '#libs/access';
import { adoptJobs } from '#libs/bulk';
import { endOperations, type OperationStatus } from '#libs/operations';
import { eventually } from '#libs/testing';
import { credentials, send, startGateway, type GatewayUnderTest, type Reply } from '../testing/gateway-under-test.js';
import { jobsPath } from './testing/uploads.js';

let gateway: GatewayUnderTest;
let root: CreatedClient;
let stranger: CreatedClient;
let client: CreatedClient;

beforeAll(async () => {
  gateway = await startGateway();
  root = await gateway.newClient('ACME');
  stranger = await gateway.newClient('OTHER');
}, 60_000);

afterAll(() => gateway.stop());

// A user runs one bulk of an action at a time.
beforeEach(async () => {
  client = await gateway.newClient('ACME-A');
});

interface CallOptions {
  as?: CreatedClient;
  headers?: Record<string, string>;
}

const get = (path: string, { as = client }: CallOptions = {}): Promise<Reply> =>
  send(`${gateway.url}${jobsPath}${path}`, 'GET', credentials(as));

const post = (path: string, body?: unknown, { as = client, headers }: CallOptions = {}): Promise<Reply> =>
  send(`${gateway.url}${jobsPath}${path}`, 'POST', { ...credentials(as), ...headers }, body);

const item = (externalId: string, key?: string): object => ({
  ...(key !== undefined && { key }),
  data: { subscriber: { externalId }, status: 'ACTIVE' },
});

const submission = (...items: object[]): object => ({ action: 'ChangeSimStatus', items });

async function submit(...items: object[]): Promise<string> {
  const reply = await post('', submission(...items));
  expect(reply).toMatchObject({ status: 202, body: { accepted: items.length, rejected: 0, rejections: [] } });
  return (reply.body as { jobId: string }).jobId;
}

const error = { code: 'SUBSCRIBER_NOT_FOUND', message: 'The subscriber, "S", does not exist.' };

/** What bulk-jobs does: the first items have these ends, one more is in flight, and the others wait. */
async function runByHand(jobId: string, statuses: string[]): Promise<void> {
  await adoptJobs(gateway.database, [{ jobId }]);
  await gateway.database.execute(
    `insert into bulk.item_result (job_id, ordinal, status, error, ended_at)
     select $1, ordinal, status, case status when 'FAILED' then $3 end, now()
     from unnest($2::text[]) with ordinality as ended (status, ordinal)`,
    [jobId, statuses, JSON.stringify(error)],
  );
  const sent = await gateway.database.execute(
    `insert into bulk.in_flight (operation_id, job_id, ordinal)
     select operation_id, job_id, ordinal from bulk.item where job_id = $1 and ordinal = $2`,
    [jobId, statuses.length + 1],
  );
  const count = (status: string): number => statuses.filter((one) => one === status).length;
  await gateway.database.execute(
    `update bulk.job set dispatched = $2, in_flight = $3, completed = $4, failed = $5, cancelled = $6 where job_id = $1`,
    [jobId, statuses.length + sent, sent, count('COMPLETED'), count('FAILED'), count('CANCELLED')],
  );
}

async function endJobByHand(jobId: string, status: OperationStatus): Promise<void> {
  await gateway.database.execute(`update bulk.job set state = 'ENDED', ended_at = now() where job_id = $1`, [jobId]);
  await endOperation(jobId, status);
}

async function endOperation(operationId: string, status: OperationStatus, refusal?: object): Promise<void> {
  const end = { operationId, status, businessTransactionId: null, response: null, endedAt: new Date() };
  await endOperations(gateway.database, [{ ...end, error: refusal ? JSON.stringify(refusal) : null }]);
}

async function openOperation(action: string, username: string): Promise<string> {
  const [row] = await gateway.database.query<{ operation_id: string }>(
    `select operation_id from operations.operation where action = $1 and actor = $2 and status = 'ACCEPTED'`,
    [action, username],
  );
  if (row === undefined) throw new Error(`no open ${action}`);
  return row.operation_id;
}

describe('a submission as JSON', () => {
  it('is a job of all its items, under the caller’s keys', async () => {
    const reply = await post('', { ...submission(item('S-1', 'a'), item('S-2')), dryRun: true });
    const { jobId } = reply.body as { jobId: string };
    expect(reply.headers.get('location')).toBe(`${jobsPath}/${jobId}`);
    expect(await get(`/${jobId}`)).toMatchObject({
      status: 200,
      body: {
        ...{ jobId, action: 'ChangeSimStatus', status: 'ACCEPTED', state: 'STAGED', dryRun: true, facade: 'admin' },
        ...{ total: 2, dispatched: 0, pending: 2, inFlight: 0, completed: 0, failed: 0, cancelled: 0 },
        ...{ actor: client.username, accountId: 'ACME-A', createdAt: expect.any(String) },
      },
    });
    const keys = ((await get(`/${jobId}/items`)).body.items as { key: string }[]).map(({ key }) => key);
    expect(keys).toEqual(['a', '2']);
    const [command] = await gateway.database.query<{ payload: string }>(
      `select payload from messaging.outbox where id = $1 union all
       select request from operations.operation where operation_id = $1`,
      [jobId],
    );
    expect(JSON.parse(command?.payload ?? '')).toEqual({ action: 'ChangeSimStatus', dryRun: true });
  });

  it('is refused whole for one bad item, and names each field', async () => {
    const bad = { key: 'b\u0007', data: { subscriber: { refId: 'x' }, status: 'BROKEN', more: 1 } };
    const reply = await post('', submission(item('S-1'), bad, { data: { status: 'ACTIVE' } }));
    expect(reply).toMatchObject({ status: 400, body: { error: { code: 'REQUEST_INVALID' } } });
    const problems = reply.body.error.details.problems as { field: string }[];
    expect(new Set(problems.map(({ field }) => field))).toEqual(
      new Set([
        ...['items.1.key', 'items.1.data.subscriber.refId', 'items.1.data.status', 'items.1.data.more'],
        'items.2.data.subscriber',
      ]),
    );
    const jobs = await gateway.database.query('select from bulk.job where actor = $1', [client.username]);
    expect(jobs).toEqual([]);
  });

  it.each([
    ['nothing', undefined, 'REQUEST_INVALID'],
    ['no action', { items: [item('S')] }, 'REQUEST_INVALID'],
    ['an action of no bulk', { ...submission(item('S')), action: 'CreateSubscriber' }, 'REQUEST_INVALID'],
    ['no items', { action: 'ChangeSimStatus' }, 'REQUEST_INVALID'],
    ['empty items', submission(), 'BULK_EMPTY'],
    ['items that are no list', { action: 'ChangeSimStatus', items: {} }, 'REQUEST_INVALID'],
    ['an item without data', submission({ key: 'a' }), 'REQUEST_INVALID'],
    ['an unknown property', { ...submission(item('S')), facade: 'ocs' }, 'REQUEST_INVALID'],
  ])('with %s is refused', async (_, body, code) => {
    expect(await post('', body)).toMatchObject({ status: 400, body: { error: { code } } });
  });

  it('has no parameters beside its body, and is no larger than other bodies', async () => {
    const beside = await post('?dryRun=true', submission(item('S')));
    expect(beside.body.error.details.problems).toMatchObject([{ field: 'dryRun' }]);
    const large = await post('', submission(...Array.from({ length: 10_000 }, (_, n) => item(`S-${n}`))));
    expect(large).toMatchObject({ status: 413, body: { error: { code: 'REQUEST_TOO_LARGE' } } });
  });

  it('is refused while the user’s bulk of the action is under way, one of another action is not', async () => {
    const jobId = await submit(item('S-1'));
    const refused = await post('', submission(item('S-2')));
    expect(refused).toMatchObject({
      status: 409,
      body: { error: { code: 'LOCKED', details: { operationId: jobId } } },
    });
    expect(refused.headers.get('link')).toContain(jobId);
    expect(refused.headers.get('retry-after')).not.toBeNull();
    const other = { action: 'ResetActivationTime', items: [{ data: { subscriber: { externalId: 'S-1' } } }] };
    expect(await post('', other)).toMatchObject({ status: 202 });
    await endJobByHand(jobId, 'COMPLETED');
    await submit(item('S-2'));
  });

  it('is not done again for its Idempotency-Key', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await post('', submission(item('S-1'), item('S-2')), { headers });
    const again = await post('', submission(item('S-1'), item('S-2')), { headers });
    expect([again.status, again.body]).toEqual([202, first.body]);
    const other = await post('', submission(item('S-1'), item('S-3')), { headers });
    expect(other).toMatchObject({ status: 409, body: { error: { code: 'REQUEST_ID_REUSED' } } });
  });
});

describe('a job under way', () => {
  it('tells how far it is, its items by state, and its results as a table', async () => {
    const jobId = await submit(...['a', 'b', 'c', 'd', 'e'].map((key) => item(`S-${key}`, key)));
    await runByHand(jobId, ['COMPLETED', 'FAILED', 'COMPLETED']);
    expect((await get(`/${jobId}`)).body).toMatchObject({
      ...{ total: 5, dispatched: 4, pending: 1, inFlight: 1, completed: 2, failed: 1, cancelled: 0 },
      ...{ state: 'RUNNING', startedAt: expect.any(String), deadline: expect.any(String) },
    });
    const keysOf = async (query: string): Promise<string[]> =>
      ((await get(`/${jobId}/items?${query}`)).body.items as { key: string }[]).map(({ key }) => key);
    expect(await keysOf('')).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await keysOf('status=COMPLETED')).toEqual(['a', 'c']);
    expect(await keysOf('status=IN_FLIGHT')).toEqual(['d']);
    expect(await keysOf('status=PENDING')).toEqual(['e']);
    expect((await get(`/${jobId}/items?status=FAILED`)).body.items).toEqual([
      { ordinal: 2, key: 'b', operationId: expect.any(String), status: 'FAILED', error, endedAt: expect.any(String) },
    ]);
    const results = await get(`/${jobId}/results.csv`);
    expect(results.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(results.headers.get('content-disposition')).toContain(jobId);
    const rows: Record<string, string>[] = parse(String(results.body), { columns: true });
    expect(rows.map(({ key, status, errorCode, errorMessage }) => [key, status, errorCode, errorMessage])).toEqual([
      ['a', 'COMPLETED', '', ''],
      ['b', 'FAILED', error.code, error.message],
      ['c', 'COMPLETED', '', ''],
      ['d', 'IN_FLIGHT', '', ''],
      ['e', 'PENDING', '', ''],
    ]);
    expect((await get(`/${jobId}/results.csv?status=FAILED`)).body).toContain(error.code);
  });

  it('has pages of items without a repeat or a hole', async () => {
    const keys = Array.from({ length: 7 }, (_, index) => `k-${index}`);
    const jobId = await submit(...keys.map((key) => item('S', key)));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await get(`/${jobId}/items?limit=3${cursor === undefined ? '' : `&cursor=${cursor}`}`);
      seen.push(...(page.body.items as { key: string }[]).map(({ key }) => key));
      cursor = page.body.nextCursor as string | undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(keys);
  });

  it('can be larger than one read of its results', async () => {
    const items = Array.from({ length: 2500 }, (_, index) => item('S', `k-${index}`));
    const jobId = await submit(...items);
    const rows: string[][] = parse(String((await get(`/${jobId}/results.csv`)).body));
    expect(rows.map(([key]) => key)).toEqual(['key', ...items.map((_, index) => `k-${index}`)]);
  });
});

describe('the list', () => {
  it('has the jobs of the account tree, newest first, by state and action, in pages', async () => {
    const first = await submit(item('S'));
    await endJobByHand(first, 'COMPLETED_WITH_ERRORS');
    const second = await submit(item('S'));
    const ids = async (query: string, as = client): Promise<string[]> =>
      ((await get(`?${query}`, { as })).body.jobs as { jobId: string }[]).map(({ jobId }) => jobId);
    expect((await ids('limit=200', root)).slice(0, 2)).toEqual([second, first]);
    const page = await get('?limit=1');
    expect(page.body).toMatchObject({ jobs: [{ jobId: second }], nextCursor: second });
    expect((await ids(`limit=1&cursor=${second}`))[0]).toBe(first);
    expect(await ids('status=COMPLETED_WITH_ERRORS')).toContain(first);
    expect(await ids('status=COMPLETED_WITH_ERRORS')).not.toContain(second);
    expect(await ids('action=SwapSubscriberResource')).toEqual([]);
    expect(await ids('', stranger)).toEqual([]);
  });

  it.each(['?status=DONE', '?action=x', '?limit=0', '?cursor=x', '?x=1'])('refuses %s', async (query) => {
    expect(await get(query)).toMatchObject({ status: 400, body: { error: { code: 'REQUEST_INVALID' } } });
  });
});

describe('cancel', () => {
  it('answers with the job when its command has ended', async () => {
    const jobId = await submit(item('S'));
    const pending = post(`/${jobId}/cancel`);
    const operationId = await eventually(() => openOperation('CancelBulkJob', client.username));
    await endOperation(operationId, 'COMPLETED');
    expect(await pending).toMatchObject({ status: 200, body: { jobId, total: 1 } });
  });

  it('answers with the refusal of the service', async () => {
    const jobId = await submit(item('S'));
    const pending = post(`/${jobId}/cancel`);
    const operationId = await eventually(() => openOperation('CancelBulkJob', client.username));
    await endOperation(operationId, 'FAILED', { code: 'BULK_JOB_ENDED', message: 'The bulk job has ended already.' });
    expect(await pending).toMatchObject({ status: 409, body: { error: { code: 'BULK_JOB_ENDED' } } });
  });
});

describe('retry of the failed items', () => {
  it('is a new job, under the lock of its action', async () => {
    const jobId = await submit(item('S-1'), item('S-2'));
    await runByHand(jobId, ['COMPLETED', 'FAILED']);
    expect(await post(`/${jobId}/retry-failed`)).toMatchObject({
      status: 409,
      body: { error: { code: 'BULK_JOB_NOT_ENDED' } },
    });
    await endJobByHand(jobId, 'COMPLETED_WITH_ERRORS');
    const headers = { 'idempotency-key': randomUUID() };
    const reply = await post(`/${jobId}/retry-failed`, undefined, { headers });
    const retryId = (reply.body as { jobId: string }).jobId;
    expect([reply.status, reply.headers.get('location')]).toEqual([202, `${jobsPath}/${retryId}`]);
    expect(await post(`/${jobId}/retry-failed`, undefined, { headers })).toMatchObject({ body: { jobId: retryId } });
    expect(await post(`/${jobId}/retry-failed`)).toMatchObject({
      status: 409,
      body: { error: { code: 'LOCKED', details: { operationId: retryId } } },
    });
    expect(await post('', submission(item('S-3')))).toMatchObject({ status: 409 });
    // Its items are copied by the service.
    expect(await get(`/${retryId}`)).toMatchObject({
      status: 200,
      body: { status: 'ACCEPTED', state: 'STAGED', total: 0 },
    });
    await endOperation(retryId, 'FAILED', {
      code: 'BULK_NO_FAILED_ITEMS',
      message: 'The bulk job has no failed items.',
    });
    expect((await get(`/${retryId}`)).body).toMatchObject({
      ...{ status: 'FAILED', state: 'ENDED', error: { code: 'BULK_NO_FAILED_ITEMS' } },
    });
  });

  it('needs failed items', async () => {
    const jobId = await submit(item('S-1'));
    await runByHand(jobId, ['COMPLETED']);
    await endJobByHand(jobId, 'COMPLETED');
    expect(await post(`/${jobId}/retry-failed`)).toMatchObject({
      status: 409,
      body: { error: { code: 'BULK_NO_FAILED_ITEMS' } },
    });
  });
});

it.each(['cancel', 'retry-failed'])('refuses a body to %s', async (path) => {
  const jobId = await submit(item('S'));
  expect(await post(`/${jobId}/${path}`, { dryRun: true })).toMatchObject({
    status: 400,
    body: { error: { code: 'REQUEST_INVALID' } },
  });
});

describe('a job of another account', () => {
  it('does not exist', async () => {
    const jobId = await submit(item('S'));
    const sibling = await gateway.newClient('ACME-B');
    const withoutId = ({ status, body }: Reply): unknown => [status, { ...body.error, correlationId: '' }];
    for (const as of [stranger, sibling]) {
      for (const id of [jobId, randomUUID(), 'no-uuid']) {
        const replies = [
          ...(await Promise.all([`/${id}`, `/${id}/items`, `/${id}/results.csv`].map((path) => get(path, { as })))),
          ...(await Promise.all([`/${id}/cancel`, `/${id}/retry-failed`].map((path) => post(path, undefined, { as })))),
        ];
        for (const reply of replies) {
          expect(reply).toMatchObject({ status: 404, body: { error: { code: 'BULK_JOB_NOT_FOUND' } } });
          expect(withoutId(reply)).toEqual(withoutId(replies[0]!));
        }
      }
    }
    expect(await get(`/${jobId}`, { as: root })).toMatchObject({ status: 200 });
  });
});

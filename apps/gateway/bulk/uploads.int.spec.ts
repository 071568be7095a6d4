import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import type { CreatedClient } from '#libs/access';
import { eventually } from '#libs/testing';
import { startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.js';
import { csvHeader, csvRows, openUpload, upload } from './testing/uploads.js';

const maxItems = 60_000;

let gateway: GatewayUnderTest;
let client: CreatedClient;

beforeAll(async () => {
  process.env['SIMYARD_BULK_MAX_ITEMS'] = String(maxItems);
  gateway = await startGateway();
}, 60_000);

afterAll(() => gateway.stop());

// A user runs one bulk of an action at a time.
beforeEach(async () => {
  client = await gateway.newClient('ACME-A');
});

interface StagedJob {
  jobId: string;
  state: string;
  total: number;
  /** stored with an ordinal of their own, each from 1 on */
  items: number;
  last: number;
  operations: number;
}

const jobsOf = (username: string): Promise<StagedJob[]> =>
  gateway.database.query<StagedJob>(
    `select job_id as "jobId", state, total,
       (select count(*)::int from bulk.item where item.job_id = job.job_id) as items,
       (select coalesce(max(ordinal), 0) from bulk.item where item.job_id = job.job_id) as last,
       (select count(*)::int from operations.operation where operation_id = job.job_id) as operations
     from bulk.job where actor = $1`,
    [username],
  );

const dataOf = async (jobId: string): Promise<unknown[]> =>
  (
    await gateway.database.query<{ data: unknown }>(
      'select data::json from bulk.item where job_id = $1 order by ordinal',
      [jobId],
    )
  ).map(({ data }) => data);

describe('an upload of 50,000 rows', () => {
  it('is stored while it arrives, and becomes a job when it is whole', async () => {
    const sent = openUpload(gateway, client);
    await sent.send(csvHeader + csvRows(0, 25_000));
    const [staged] = await eventually(async () => {
      const jobs = await jobsOf(client.username);
      expect(jobs[0]?.items).toBeGreaterThan(20_000);
      return jobs;
    });
    expect(staged).toMatchObject({ state: 'STAGED', operations: 0 });
    await sent.send(csvRows(25_000, 50_000));
    sent.end();
    expect(await sent.answered).toEqual({
      status: 202,
      body: { jobId: staged?.jobId, accepted: 50_000, rejected: 0, rejections: [] },
    });
    const whole = { state: 'STAGED', total: 50_000, items: 50_000, last: 50_000, operations: 1 };
    expect(await jobsOf(client.username)).toMatchObject([whole]);
  }, 60_000);

  it('that breaks off starts nothing, and holds no lock', async () => {
    const sent = openUpload(gateway, client);
    await sent.send(csvHeader + csvRows(0, 25_000));
    await eventually(async () => expect((await jobsOf(client.username))[0]?.items).toBeGreaterThan(20_000));
    sent.destroy();
    await expect(sent.answered).rejects.toThrow();
    expect(await upload(gateway, client, csvHeader + csvRows(0, 1))).toMatchObject({ status: 202 });
    const [brokenOff, next] = await jobsOf(client.username);
    expect([brokenOff, next]).toMatchObject([
      { state: 'STAGED', operations: 0 },
      { total: 1, operations: 1 },
    ]);
  }, 60_000);

  it('is not read when the user’s bulk of the action is under way', async () => {
    const first = await upload(gateway, client, csvHeader + csvRows(0, 1));
    const sent = openUpload(gateway, client);
    await sent.send(csvHeader);
    // The answer comes before the end of the body.
    expect(await sent.answered).toMatchObject({
      status: 409,
      body: { error: { code: 'LOCKED', details: { operationId: first.body.jobId } } },
    });
    sent.destroy();
    expect(await jobsOf(client.username)).toHaveLength(1);
  });
});

describe('a gateway that ends', () => {
  it('does not wait for the rest of an upload', async () => {
    const ending = await startGateway();
    const sender = await ending.newClient('ACME');
    const sent = openUpload(ending, sender);
    await sent.send(csvHeader + csvRows(0, 5000));
    const stored = 'select from bulk.job where actor = $1';
    await eventually(async () => {
      expect(await ending.database.query(stored, [sender.username])).toHaveLength(1);
    });
    const stopped = ending.stop();
    await sent.send(csvRows(5000, 10_000));
    expect(await sent.answered).toMatchObject({ status: 503, body: { error: { code: 'DRAINING' } } });
    await stopped;
  });
});

describe('two uploads at the same time', () => {
  it('of one user and action: one becomes a job, the other is told who holds the lock', async () => {
    const uploads = [openUpload(gateway, client), openUpload(gateway, client)];
    await Promise.all(uploads.map((sent) => sent.send(csvHeader + csvRows(0, 5000))));
    await eventually(async () => expect(await jobsOf(client.username)).toHaveLength(2));
    for (const sent of uploads) sent.end();
    const answers = await Promise.all(uploads.map(({ answered }) => answered));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
    const jobs = await jobsOf(client.username);
    const started = jobs.filter(({ operations }) => operations === 1);
    expect(started).toHaveLength(1);
    const refusal = { error: { code: 'LOCKED', details: { operationId: started[0]?.jobId } } };
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject(refusal);
  });
});

describe('rows', () => {
  it('that are no items come back with line and reason; the others are the job', async () => {
    const body = `\ufeff${csvHeader}a,S-1,ACTIVE\r\n\r\nb,"S ""2""",SUSPENDED\r\nc,,ACTIVE\nd,S-4,BROKEN\n,S-5,INACTIVE`;
    const reply = await upload(gateway, client, body);
    expect(reply).toMatchObject({
      status: 202,
      body: {
        accepted: 3,
        rejected: 2,
        rejections: [
          { line: 5, reason: expect.stringContaining('subscriber') },
          { line: 6, reason: expect.stringContaining('status') },
        ],
      },
    });
    const { jobId } = reply.body as { jobId: string };
    expect(reply.headers.get('location')).toBe(`/admin/v1/bulk-jobs/${jobId}`);
    expect(await dataOf(jobId)).toEqual([
      { subscriber: { externalId: 'S-1' }, status: 'ACTIVE' },
      { subscriber: { externalId: 'S "2"' }, status: 'SUSPENDED' },
      { subscriber: { externalId: 'S-5' }, status: 'INACTIVE' },
    ]);
  });

  it('may be NDJSON, compressed, and a dry run', async () => {
    const lines = [
      { key: 'a', data: { subscriber: { identifier: { type: 'MSISDN', value: '1' } }, offerId: 'O' } },
      { data: { subscriber: { externalId: 'S' }, offerId: 5 } },
    ];
    const body = gzipSync(lines.map((line) => JSON.stringify(line)).join('\n'));
    const headers = { 'content-type': 'application/x-ndjson; charset=UTF-8', 'content-encoding': 'gzip' };
    const reply = await upload(gateway, client, body, { query: 'action=AttachOffer&dryRun=true', headers });
    expect(reply).toMatchObject({ status: 202, body: { accepted: 1, rejections: [{ line: 2 }] } });
    const rows = await gateway.database.query(
      `select job.dry_run, job.action, request::json as request from bulk.job
       join operations.operation on operation_id = job_id where job.actor = $1`,
      [client.username],
    );
    const request = { action: 'AttachOffer', dryRun: true };
    expect(rows).toEqual([{ dry_run: true, action: 'AttachOffer', request }]);
  });

  it('none of which is an item start nothing', async () => {
    const reply = await upload(gateway, client, `${csvHeader}a,,ACTIVE\nb,S,BROKEN\n`);
    expect(reply).toMatchObject({
      status: 400,
      body: { error: { code: 'BULK_ITEM_INVALID', details: { rejected: 2, rejections: [{ line: 2 }, { line: 3 }] } } },
    });
    expect(await jobsOf(client.username)).toEqual([]);
  });

  it('of more than a thousand rejections are counted', async () => {
    const bad = 'x,,ACTIVE\n'.repeat(1500);
    const { status, body } = await upload(gateway, client, csvHeader + bad + csvRows(0, 1));
    expect([status, body.accepted, body.rejected, body.rejections.length]).toEqual([202, 1, 1500, 1000]);
  });

  it('may be as many as is allowed, and one more is too much', async () => {
    const tooLarge = await upload(gateway, client, csvHeader + csvRows(0, maxItems + 1));
    expect(tooLarge).toMatchObject({ status: 413, body: { error: { code: 'BULK_TOO_LARGE', details: { maxItems } } } });
    expect((await jobsOf(client.username)).every(({ operations }) => operations === 0)).toBe(true);
    expect(await upload(gateway, client, csvHeader + csvRows(0, maxItems))).toMatchObject({ status: 202 });
  }, 60_000);
});

describe('an upload that cannot be read', () => {
  const bytes = (...parts: (string | number)[]): Uint8Array<ArrayBuffer> =>
    Uint8Array.from(
      Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part)))),
    );
  const row = 'a,S-1,ACTIVE\n';
  const gzip = { 'content-encoding': 'gzip' };
  const ndjson = { 'content-type': 'application/x-ndjson' };
  const utf16 = Uint8Array.from(Buffer.from(`\ufeff${csvHeader}${row}`, 'utf16le'));

  it.each<[string, string | Uint8Array<ArrayBuffer>, Record<string, string>, number, string]>([
    ['nothing', '', {}, 400, 'BULK_EMPTY'],
    ['a header alone', csvHeader, {}, 400, 'BULK_EMPTY'],
    ['no header', row, {}, 400, 'REQUEST_INVALID'],
    ['Latin-1', bytes(csvHeader, 'a,S-', 0xfc, ',ACTIVE\n'), {}, 400, 'REQUEST_INVALID'],
    ['half a character at its end', bytes(csvHeader, row, 0xc3), {}, 400, 'REQUEST_INVALID'],
    ['UTF-16', utf16, {}, 400, 'REQUEST_INVALID'],
    ['a quote that is not closed', `${csvHeader}${row}"b,S-2,ACTIVE\n${row}`, {}, 400, 'REQUEST_INVALID'],
    ['a line that is too long', `${csvHeader}a,${'S'.repeat(20_000)},ACTIVE\n`, {}, 400, 'REQUEST_INVALID'],
    ['no gzip, though it says so', csvHeader + row, gzip, 400, 'REQUEST_INVALID'],
    ['half of its gzip', gzipSync(csvHeader + row).subarray(0, 30), gzip, 400, 'REQUEST_INVALID'],
    ['a line without end', gzipSync('x'.repeat(70_000_000)), { ...gzip, ...ndjson }, 413, 'REQUEST_TOO_LARGE'],
    ['another compression', csvHeader + row, { 'content-encoding': 'br' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['another charset', csvHeader + row, { 'content-type': 'text/csv; charset=latin1' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'another media type',
      csvHeader + row,
      { 'content-type': 'text/tab-separated-values' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
  ])('for %s is refused', async (_, body, headers, status, code) => {
    expect(await upload(gateway, client, body, { headers })).toMatchObject({ status, body: { error: { code } } });
    expect((await jobsOf(client.username)).every(({ operations }) => operations === 0)).toBe(true);
  });

  it('names unknown columns', async () => {
    const reply = await upload(gateway, client, 'externalId,status,imei\nS,ACTIVE,1\n');
    expect(reply.body.error.details.problems).toEqual([{ field: 'imei', problem: expect.any(String) }]);
  });

  it.each([
    '',
    'action=Nothing',
    'action=CreateSubscriber',
    'action=ChangeSimStatus&dryRun=yes',
    'action=AttachOffer&x=1',
  ])('for ?%s is refused', async (query) => {
    const reply = await upload(gateway, client, csvHeader + row, { query });
    expect(reply).toMatchObject({ status: 400, body: { error: { code: 'REQUEST_INVALID' } } });
  });

  it('is no body of another route', async () => {
    const response = await fetch(`${gateway.url}/v1/casm/subscribers`, {
      method: 'POST',
      headers: { client_id: client.clientId, client_secret: client.clientSecret, 'content-type': 'text/csv' },
      body: csvHeader,
    });
    expect(response.status).toBe(415);
  });

  it('needs credentials', async () => {
    const stranger = { ...client, clientSecret: 'wrong' };
    expect(await upload(gateway, stranger, csvHeader + row)).toMatchObject({ status: 401 });
  });
});

describe('an Idempotency-Key', () => {
  const headers = { 'idempotency-key': 'order 7' };
  const body = `${csvHeader}${csvRows(0, 3000)}x,,ACTIVE\n`;

  it('gives the same upload the same answer, while its job runs, and stores nothing again', async () => {
    const first = await upload(gateway, client, body, { headers });
    expect(first).toMatchObject({ status: 202, body: { accepted: 3000, rejected: 1 } });
    const again = await upload(gateway, client, body, { headers });
    expect([again.status, again.body]).toEqual([202, first.body]);
    expect(await jobsOf(client.username)).toMatchObject([{ total: 3000, operations: 1 }]);
  });

  it('is not for another upload', async () => {
    await upload(gateway, client, body, { headers });
    const reused = { status: 409, body: { error: { code: 'REQUEST_ID_REUSED' } } };
    expect(await upload(gateway, client, `${body}y,S,ACTIVE\n`, { headers })).toMatchObject(reused);
    const dry = { headers, query: 'action=ChangeSimStatus&dryRun=true' };
    expect(await upload(gateway, client, body, dry)).toMatchObject(reused);
    expect(await jobsOf(client.username)).toHaveLength(1);
  });

  it('leads two at the same time to one job', async () => {
    const replies = await Promise.all([1, 2].map(() => upload(gateway, client, body, { headers })));
    expect(replies.map(({ status }) => status)).toEqual([202, 202]);
    expect(replies[0]?.body).toEqual(replies[1]?.body);
    const started = (await jobsOf(client.username)).filter(({ operations }) => operations > 0);
    expect(started).toMatchObject([{ total: 3000 }]);
  });
});

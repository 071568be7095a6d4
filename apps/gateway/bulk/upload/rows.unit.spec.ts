import { describe, expect, it } from '@jest/globals';
import type { BulkAction } from '#libs/contracts';
import { columnsOf } from './csv-columns.js';
import { csvRows } from './csv-rows.js';
import { ndjsonRows } from './ndjson-rows.js';
import { stageRows, type StagedRows } from './stage-rows.js';
import { maxRowLength, type UploadRow } from './upload-row.js';

/** The text in pieces of every kind: whole, and cut after each so many characters. */
const cuts = (text: string): string[][] =>
  [text.length, 1, 2, 7].map((size) => text.match(new RegExp(`[^]{1,${Math.max(size, 1)}}`, 'gu')) ?? []);

// eslint-disable-next-line @typescript-eslint/require-await -- what is asynchronous elsewhere
async function* arriving(pieces: string[]): AsyncGenerator<string> {
  yield* pieces;
}

async function all(batches: AsyncIterable<UploadRow[]>): Promise<UploadRow[]> {
  const rows: UploadRow[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

async function csv(text: string, action: BulkAction = 'ChangeSimStatus'): Promise<UploadRow[]> {
  const read = await Promise.all(cuts(text).map((pieces) => all(csvRows(arriving(pieces), action))));
  for (const other of read) expect(other).toEqual(read[0]);
  return read[0] ?? [];
}

async function ndjson(text: string): Promise<UploadRow[]> {
  const read = await Promise.all(cuts(text).map((pieces) => all(ndjsonRows(arriving(pieces)))));
  for (const other of read) expect(other).toEqual(read[0]);
  return read[0] ?? [];
}

const row = (line: number, externalId: string, status = 'ACTIVE', key?: string): UploadRow => ({
  ...{ line, key, data: { subscriber: { externalId }, status } },
});

describe('a CSV body', () => {
  it('is read by the columns of its header, in whatever pieces it arrives', async () => {
    const text = 'status,key,externalId\nACTIVE,a,S-1\nSUSPENDED,b,"S,""2"""\nACTIVE,,S-3';
    expect(await csv(text)).toEqual([row(2, 'S-1', 'ACTIVE', 'a'), row(3, 'S,"2"', 'SUSPENDED', 'b'), row(4, 'S-3')]);
  });

  it('may have CRLF, empty lines, rows of commas alone, blanks in the header and quoted line breaks', async () => {
    const text = 'externalId , status\r\n\r\nS-1,ACTIVE\r\n,\r\n"S\n2",ACTIVE\r\nS-3,ACTIVE\r\n\r\n';
    expect(await csv(text)).toEqual([row(3, 'S-1'), row(6, 'S\n2'), row(7, 'S-3')]);
  });

  it('names the subscriber in each way', async () => {
    const header = 'refId,externalId,identifierType,identifier,offerId\n';
    const rows = await csv(`${header}r,,,,O\n,e,,,O\n,,MSISDN,1,O\n,,MSISDN,,O\n`, 'AttachOffer');
    expect(rows.map((one) => 'data' in one && one.data)).toEqual([
      { subscriber: { refId: 'r' }, offerId: 'O' },
      { subscriber: { externalId: 'e' }, offerId: 'O' },
      { subscriber: { identifier: { type: 'MSISDN', value: '1' } }, offerId: 'O' },
      { subscriber: { identifier: { type: 'MSISDN', value: '' } }, offerId: 'O' },
    ]);
  });

  it('rejects a row of another length, or with a quote in its middle, alone', async () => {
    const rows = await csv('externalId,status\nS-1\nS-2,ACTIVE,x\nS"3,ACTIVE\nS-4,ACTIVE\n');
    expect(rows).toEqual([
      { line: 2, reason: 'The row has 1 fields, and the header 2.' },
      { line: 3, reason: 'The row has 3 fields, and the header 2.' },
      { line: 4, reason: expect.stringContaining('quote') },
      row(5, 'S-4'),
    ]);
  });

  it.each([
    ['an unknown column', 'externalId,status,msisdn', [{ field: 'msisdn', problem: expect.anything() }]],
    ['a column twice', 'externalId,status,status', [{ field: 'status', problem: 'is there more than once' }]],
    ['no mandatory column', 'externalId', [{ field: 'status', problem: 'is missing' }]],
    ['nothing that names a subscriber', 'status,identifier', [{ field: 'subscriber', problem: expect.anything() }]],
    ['another delimiter', 'externalId;status', [{ field: 'externalId;status' }, { field: 'status' }, {}]],
  ])('with %s in its header is refused', async (_, header, problems) => {
    const refusal = {
      code: 'REQUEST_INVALID',
      details: { problems: problems.map((one) => expect.objectContaining(one)) },
    };
    await expect(csv(`${header}\nS-1,ACTIVE,x\n`)).rejects.toMatchObject(refusal);
  });

  it('without a header is refused, and told what it has in its place', async () => {
    await expect(csv(`S-1,ACTIVE\n${'S-2,ACTIVE\n'.repeat(50)}`)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: expect.stringContaining('key, refId, externalId, identifierType, identifier, '),
    });
  });

  it.each([
    ['a quote that is not closed', 'S-1,ACTIVE\n"S-2,ACTIVE\n', 3],
    ['text after a closing quote', '"S-1"x,ACTIVE\nS-2,ACTIVE\n', 2],
    ['a row that is too long', `${'S'.repeat(maxRowLength + 1)},ACTIVE\n`, 2],
    ['a quote that swallows too much', `S-1,ACTIVE\n"S-2,ACTIVE\n${'S-3,ACTIVE\n'.repeat(2000)}`, expect.any(Number)],
  ])('with %s is refused as a whole', async (_, text, line) => {
    const refusal = { code: 'REQUEST_INVALID', details: { line } };
    await expect(csv(`externalId,status\n${text}`)).rejects.toMatchObject(refusal);
  });

  it('is no way to send lists: an attribute that is one has no column, an action of nothing else no table', async () => {
    expect(columnsOf('ChangeSimStatus')).toContain('status');
    expect(columnsOf('ChangeSimStatus')).not.toContain('from');
    await expect(csv('externalId,set\nS-1,x\n', 'AssignCustomProperties')).rejects.toMatchObject({
      code: 'UNSUPPORTED_MEDIA_TYPE',
      message: expect.stringContaining('as set and remove are lists; send application/x-ndjson'),
    });
    expect(await csv('externalId,accountId\nS-1,ACME-TT\n', 'TransferSim')).toMatchObject([
      { data: { subscriber: { externalId: 'S-1' }, accountId: 'ACME-TT' } },
    ]);
  });

  it('has a column for every attribute of its action', () => {
    const names = ['key', 'refId', 'externalId', 'identifierType', 'identifier', 'requestId', 'transactionId'];
    const own = ['resourceType', 'swapResource', 'resource'];
    expect(columnsOf('SwapSubscriberResource').sort()).toEqual([...names, ...own].sort());
  });
});

describe('an NDJSON body', () => {
  const line = (externalId: string, key?: string): string =>
    JSON.stringify({ key, data: { subscriber: { externalId }, status: 'ACTIVE' } });

  it('has an item on each line, in whatever pieces it arrives', async () => {
    const text = `${line('S-1', 'a')}\r\n\n  \n${line('S-ü')}\n${line('S-3')}`;
    expect(await ndjson(text)).toEqual([row(1, 'S-1', 'ACTIVE', 'a'), row(4, 'S-ü'), row(5, 'S-3')]);
  });

  it('rejects a line that is no item, or too long, alone', async () => {
    const long = line('x'.repeat(maxRowLength));
    const lines = ['{"data":', '[]', '{"key":1,"data":{}}', '{"data":{},"more":1}', long, line('S-6'), '"\\ud800"'];
    expect(await ndjson(lines.join('\n'))).toEqual([
      { line: 1, reason: 'The line is not valid JSON.' },
      { line: 2, reason: 'must be a JSON object' },
      { line: 3, reason: expect.stringContaining('key: ') },
      { line: 4, reason: expect.stringContaining('more: ') },
      { line: 5, reason: expect.stringContaining('longer than 16384 characters') },
      row(6, 'S-6'),
      { line: 7, reason: expect.stringContaining('character') },
    ]);
  });

  it('does not exhaust the stack', async () => {
    const deep = maxRowLength / 2 - 10;
    expect(await ndjson(`{"data":${'['.repeat(deep)}${']'.repeat(deep)}}`)).toEqual([
      { line: 1, reason: 'The body is nested too deeply.' },
    ]);
  });
});

describe('staging rows', () => {
  const stage = async (batches: UploadRow[][], maxItems = 10_000): Promise<StagedRows & { chunks: number[] }> => {
    const chunks: number[] = [];
    const store = (items: unknown[]): Promise<void> => Promise.resolve(void chunks.push(items.length));
    // eslint-disable-next-line @typescript-eslint/require-await -- what is asynchronous elsewhere
    const rows = (async function* (): AsyncGenerator<UploadRow[]> {
      yield* batches;
    })();
    return { ...(await stageRows(rows, { action: 'ChangeSimStatus', maxItems }, store)), chunks };
  };

  it('stores in chunks while there are more, and leaves the last to whoever admits the job', async () => {
    const batch = Array.from({ length: 1500 }, (_, index) => row(index + 2, `S-${index}`));
    const { chunks, last, report } = await stage([batch, batch, batch, []]);
    expect([chunks, last.length, report]).toEqual([[2000, 2000], 500, { accepted: 4500, rejected: 0, rejections: [] }]);
    expect([last[0]?.ordinal, last.at(-1)?.ordinal]).toEqual([4001, 4500]);
    expect((await stage([batch.slice(0, 1000), batch.slice(0, 1000)])).chunks).toEqual([]);
  });

  it('tells why a row is no item, up to a thousand of them, and counts all', async () => {
    const bad = row(3, '');
    const { last, report } = await stage([
      [row(2, 'S-1'), bad, row(4, 'S-3', 'BROKEN'), row(5, 'S-4', 'ACTIVE', 'k\u0007'), row(6, 'S-5')],
      Array.from({ length: 1000 }, () => bad),
    ]);
    expect(report).toMatchObject({ accepted: 2, rejected: 1003 });
    expect(report.rejections).toHaveLength(1000);
    expect(report.rejections.slice(0, 3)).toEqual([
      { line: 3, reason: expect.stringContaining('subscriber') },
      { line: 4, reason: expect.stringContaining('status') },
      { line: 5, reason: expect.stringContaining('key') },
    ]);
    // A row without a key is known by its place among all rows.
    expect(last.map(({ ordinal, key }) => [ordinal, key])).toEqual([
      [1, '1'],
      [2, '5'],
    ]);
  });

  it('stops at more rows than allowed', async () => {
    const three = [row(2, 'S-1'), row(3, 'S-2'), row(4, '')];
    await expect(stage([three], 2)).rejects.toMatchObject({ code: 'BULK_TOO_LARGE', details: { maxItems: 2 } });
    await expect(stage([three], 3)).resolves.toMatchObject({ report: { accepted: 2, rejected: 1 } });
  });
});

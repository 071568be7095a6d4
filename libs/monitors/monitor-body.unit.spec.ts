import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operationStatuses, type OperationStatus } from '#libs/operations';
import { projectDir } from '#tools/infra/project-dir';
import { monitorLink } from './links.js';
import { monitorBody, monitorStateOf } from './monitor-body.js';
import { monitorRequest } from './monitor-request.js';
import type { Monitor, MonitorItem } from './monitor.js';

const baseUrl = 'https://cmo.example/connection-management-orchestrator/v5';
const patch = [{ op: 'replace', path: '/status', value: 'SUSPENDED' }];
const [tmsp, jasper] = ['TMSP-8988228066600000001-simCard', 'JASPER-8988228066600000002-simCard'];

/** The golden file as text without spaces: the order of attributes counts. */
const golden = (name: string): string =>
  JSON.stringify(JSON.parse(readFileSync(join(projectDir, 'libs/monitors/golden', `${name}.json`), 'utf8')));
const text = (monitor: Monitor): string => JSON.stringify(monitorBody(monitor, baseUrl));

const accepted = (contentType: string): MonitorItem => ({
  ...{ productId: tmsp, platform: 'TMSP', status: 'IN_PROGRESS', error: null },
  answer: {
    ...{ statusCode: 200, message: '', body: '{"requestId":"r-1"}' },
    headers: { 'Content-Type': contentType },
  },
});

const single = (changes: Partial<Monitor> = {}): Monitor => ({
  monitorId: '8988228066600000001-1747918290-monitor',
  ...{ tenantId: 'ACME', operationId: 'o', correlationId: '08cf2679-a736-45bb-936d-7c00d1628f38' },
  ...{ productId: tmsp, isBatch: false, status: 'IN_PROGRESS', error: null, items: [accepted('application/json')] },
  request: monitorRequest('PATCH', patch, {
    'content-type': 'application/json-patch+json',
    accept: 'application/json',
    authorization: 'Bearer secret',
    client_secret: 'secret',
  }),
  ...changes,
});

const batch = (changes: Partial<Monitor> = {}): Monitor =>
  single({
    ...{ monitorId: '8988228066600000002-1747919425-monitor', productId: null, isBatch: true },
    request: monitorRequest(
      'PATCH',
      {
        productIdList: [jasper, tmsp],
        request: {
          method: 'PATCH',
          body: patch,
          headers: [{ name: 'Content-Type', value: 'application/json-patch+json' }],
        },
      },
      { accept: 'application/json', 'content-type': 'application/json', client_id: 'id' },
    ),
    items: [
      {
        ...{ productId: jasper, platform: 'JASPER', status: 'COMPLETED', error: null },
        answer: {
          ...{ statusCode: 200, message: '', body: '{"status":"SUSPENDED"}' },
          headers: { 'Content-Type': 'application/json' },
        },
      },
      accepted('application/hal+json;charset=UTF-8'),
    ],
    ...changes,
  });

/** A change that failed in this way. */
const failedWith = (item: Partial<MonitorItem>): Monitor => {
  const failed = { ...accepted('application/json'), status: 'FAILED' as const, ...item };
  return single({ status: failed.status, error: failed.error, items: [failed] });
};

describe('monitorBody', () => {
  it('is that of the seed, to the letter, while a change is under way', () => {
    expect(text(single())).toBe(golden('in-progress'));
  });

  it('is that of the seed for a batch', () => {
    expect(text(batch())).toBe(golden('batch'));
  });

  it('has the status code and message of a platform that failed', () => {
    const details = { platform: 'TMSP', statusCode: 503, message: 'The platform is not available.' };
    const error = { code: 'PLATFORM_FAILED', message: 'The platform did not carry out the change.', details };
    const answer = { statusCode: 503, message: 'x', body: '<html>busy</html>', headers: null };
    expect(text(failedWith({ error, answer }))).toBe(golden('failed'));
  });

  it('has 200 and the end for a change that no platform was asked for', () => {
    const [response] = monitorBody(
      single({ status: 'COMPLETED', items: [{ productId: tmsp, platform: 'TMSP', status: 'COMPLETED', error: null }] }),
      baseUrl,
    ).response;
    expect(response).toEqual({
      ...{ platform: 'TMSP', productId: tmsp, statusCode: 200, state: 'DONE', body: {}, headers: [] },
    });
  });

  it.each([
    ['a refusal of ours', { error: { code: 'SIM_STATUS_UNCHANGED', message: 'm' }, answer: undefined }, 409, 'm'],
    ['a code of another release', { error: { code: 'NEWER', message: 'm' }, answer: undefined }, 500, 'm'],
    [
      'a deadline, though the platform had accepted',
      { status: 'TIMED_OUT' as const },
      504,
      'The operation did not end before its deadline.',
    ],
    [
      'a deadline while the platform refused for now',
      { status: 'TIMED_OUT' as const, answer: { statusCode: 429, message: 'slow down', body: null, headers: null } },
      429,
      'slow down',
    ],
    ['a cancel', { status: 'CANCELLED' as const }, 409, 'The operation was cancelled.'],
  ])('tells of %s', (_, item, statusCode, message) => {
    const body = monitorBody(failedWith(item), baseUrl);
    expect(body).toMatchObject({ state: 'FAILED', response: [{ statusCode, message, state: 'FAILED' }] });
    expect(body.errors).toHaveLength(1);
  });

  it('says how many products of a batch failed, and which', () => {
    const [done, open] = batch().items;
    const failed = { ...open, status: 'FAILED', error: { code: 'LOCKED', message: 'm' } } as MonitorItem;
    const ended = batch({
      status: 'COMPLETED_WITH_ERRORS',
      error: { code: 'BULK_ITEMS_FAILED', message: 'Some.', details: { total: 2, failed: 1 } },
      items: [done as MonitorItem, failed],
    });
    expect(monitorBody(ended, baseUrl)).toMatchObject({
      state: 'FAILED',
      errors: [
        {
          code: 'BULK_ITEMS_FAILED',
          message: '1 of 2 products failed.',
          details: { total: 2, failed: 1 },
        },
        { code: 'LOCKED', message: 'm', productId: tmsp },
      ],
    });
  });

  it('is in progress while open, done when completed, else failed with an error; a batch with a failure is never done', () => {
    const status = fc.constantFrom<OperationStatus>(...operationStatuses);
    fc.assert(
      fc.property(status, fc.array(status, { maxLength: 5 }), fc.boolean(), (whole, each, isBatch) => {
        const items = each.map((one): MonitorItem => ({ ...accepted('application/json'), status: one }));
        const body = monitorBody(single({ isBatch, status: whole, items }), baseUrl);
        const open = whole === 'ACCEPTED' || whole === 'IN_PROGRESS';
        expect(body.state).toBe(open ? 'IN_PROGRESS' : whole === 'COMPLETED' ? 'DONE' : 'FAILED');
        expect(body.response.map(({ state }) => state)).toEqual(each.map((one) => monitorStateOf[one]));
        if (body.state === 'FAILED') expect(body.errors[0]?.code).toMatch(/^[A-Z_]+$/);
        if (!isBatch && body.state !== 'FAILED') expect(body.errors).toEqual([]);
      }),
    );
  });
});

describe('monitorRequest', () => {
  it('keeps accept and content-type of the headers, and no others', () => {
    const names = fc.constantFrom('authorization', 'client_secret', 'client_id', 'cookie', 'accept', 'content-type');
    fc.assert(
      fc.property(fc.dictionary(names, fc.string()), (headers) => {
        const told = monitorRequest('PATCH', [], headers).headers.map(({ name }) => name);
        expect(told).toEqual(['accept', 'content-type'].filter((name) => headers[name] !== undefined));
      }),
    );
  });
});

describe('monitorLink', () => {
  it('is that of the seed', () => {
    expect(monitorLink(baseUrl, 'ACME', 'm-1', tmsp)).toBe(
      `<${baseUrl}/ACME/monitor/m-1>; rel="related"; title="monitor", ` +
        `<${baseUrl}/ACME/product/${tmsp}>; rel="self", <${baseUrl}/ACME/product/${tmsp}>; rel="canonical"`,
    );
  });
});

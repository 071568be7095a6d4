import { describe, expect, it } from '@jest/globals';
import { changesOption, numberOption, rateOption, settingsOf } from './platform-options.js';

describe('the options of platform set', () => {
  it('are settings, those that are given and no other', () => {
    expect(settingsOf({})).toEqual({});
    const same = { baseUrl: 'https://host', credentials: 'api-key', results: 'polling', attempts: 3 } as const;
    expect(settingsOf({ ...same, timeoutMs: 500, rate: null, idempotent: 'no', credentialFile: 'a' })).toEqual({
      ...same,
      ...{ requestTimeoutMs: 500, rateLimit: null, idempotent: false, credential: 'a' },
    });
    expect(settingsOf({ idempotent: 'yes', callbackSecret: 'b' })).toEqual({ idempotent: true, callbackSecret: 'b' });
  });

  it.each<[string, object]>([
    ['status=async,account=sync', { status: 'async', account: 'sync' }],
    ['custom-properties=sync', { 'custom-properties': 'sync' }],
    ['none', {}],
  ])('take the changes %s', (text, changes) => {
    expect(changesOption(text)).toEqual(changes);
  });

  it.each(['', 'status', 'status=', 'status=later', 'colour=sync', 'status=sync,', 'status=sync account=sync'])(
    'refuse the changes %j',
    (text) => {
      expect(() => changesOption(text)).toThrow('It must be none');
    },
  );

  it.each<[string, object | null]>([
    ['10/1s', { requests: 10, perMs: 1000 }],
    ['5/500ms', { requests: 5, perMs: 500 }],
    ['600/2m', { requests: 600, perMs: 120_000 }],
    ['none', null],
  ])('take the limit %s', (text, limit) => {
    expect(rateOption(text)).toEqual(limit);
  });

  it.each(['10', '10/s', '10/1h', '1.5/1s', '-1/1s', '10/1s ', ''])('refuse the limit %j', (text) => {
    expect(() => rateOption(text)).toThrow('It must be none');
  });

  it.each(['', '1.5', '-1', '1e3', 'x', '12345678901'])('refuse the number %j', (text) => {
    expect(() => numberOption(text)).toThrow('whole number');
  });
});

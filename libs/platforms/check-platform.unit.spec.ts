import { describe, expect, it } from '@jest/globals';
import { checkPlatform, checkSecret } from './check-platform.js';
import type { PlatformConfig } from './platform.js';

const valid: Parameters<typeof checkPlatform>[0] = {
  name: 'ELEVENTH_1-A',
  changes: { status: 'async', 'custom-properties': 'sync' },
  results: 'callback',
  idempotent: false,
  credentials: 'api-key',
  rateLimit: { requests: 10, perMs: 1000 },
  baseUrl: 'https://platform.example/api',
  sealedCredential: 'sealed',
  sealedCallbackSecret: 'sealed',
  requestTimeoutMs: 10_000,
  pollMs: 1000,
  callbackGraceMs: 30_000,
  giveUpMs: 60_000,
  attempts: 6,
  concurrency: 32,
  queueLimit: 100_000,
};

const fieldsOf = (wrong: object): string[] => checkPlatform({ ...valid, ...wrong }).map(({ field }) => field);

describe('the settings of a platform', () => {
  it.each<[string, object]>([
    ['as they are', {}],
    ['without a limit', { rateLimit: null }],
    ['not connected, without secrets', { baseUrl: null, sealedCredential: null, sealedCallbackSecret: null }],
    ['polled, without the secret of callbacks', { results: 'polling', sealedCallbackSecret: null }],
    ['all synchronous, without it', { changes: { status: 'sync' }, sealedCallbackSecret: null }],
    ['by address and port', { baseUrl: 'http://127.0.0.1:8090/JASPER' }],
  ])('may be %s', (_, settings) => {
    expect(fieldsOf(settings)).toEqual([]);
  });

  it.each<[string, object]>([
    ['name', { name: 'eleventh' }],
    ['name', { name: '' }],
    ['name', { name: 'A'.repeat(33) }],
    ['name', { name: 'A B' }],
    ['changes.colour', { changes: { colour: 'sync' } }],
    ['changes.status', { changes: { status: 'later' } }],
    ['results', { results: 'mail' }],
    ['credentials', { credentials: 'none' }],
    ...['ftp://host', 'host:8090', 'host', '', 'https://me:secret@host', 'https://host/?a=1', 'https://host/#a'].map(
      (baseUrl): [string, object] => ['baseUrl', { baseUrl }],
    ),
    ['rateLimit.requests', { rateLimit: { requests: 0, perMs: 1000 } }],
    ['rateLimit.perMs', { rateLimit: { requests: 10, perMs: 0.5 } }],
    ['credential', { sealedCredential: null }],
    ['callbackSecret', { sealedCallbackSecret: null }],
  ])('are refused for %s: %j', (field, settings) => {
    expect(fieldsOf(settings)).toEqual([field]);
  });

  it.each<keyof PlatformConfig>([
    'requestTimeoutMs',
    'pollMs',
    'callbackGraceMs',
    'giveUpMs',
    'attempts',
    'concurrency',
    'queueLimit',
  ])('are refused when %s is no whole number above 0', (name) => {
    for (const value of [0, -1, 1.5, NaN, 2_147_483_648]) expect(fieldsOf({ [name]: value })).toEqual([name]);
  });
});

describe('a secret', () => {
  it('is visible ASCII', () => {
    expect(checkSecret('credential', 'a-token!~')).toEqual([]);
    expect(checkSecret('credential', null)).toEqual([]);
    for (const secret of ['', 'a b', 'a\nb', 'ä', 'a'.repeat(1001)]) {
      expect(checkSecret('credential', secret)).toMatchObject([{ field: 'credential' }]);
    }
  });
});

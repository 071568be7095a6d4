import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findGateway } from './gateway-address.js';

const given = { SIMYARD_URL: 'http://variables', SIMYARD_CLIENT_ID: 'v', SIMYARD_CLIENT_SECRET: 'vs' };
const misuse = (text: string) => expect.objectContaining({ reason: 'usage', message: expect.stringContaining(text) });

describe('findGateway', () => {
  const dir = mkdtempSync(join(tmpdir(), 'simyard-cli-'));
  const [running, absent] = [join(dir, 'endpoints.json'), join(dir, 'none.json')];
  const client = (username: string, accountId: string, scopes: string[] = []) => ({
    ...{ clientId: `${username}-id`, clientSecret: `${username}-secret`, username, accountId, tenant: 'ACME', scopes },
  });
  const clients = [client('portal', 'ACME-TT'), client('crm', 'ACME'), client('boss', 'ACME', ['admin'])];

  beforeAll(() => writeFileSync(running, JSON.stringify({ gatewayUrl: 'http://running', clients })));
  afterAll(() => rmSync(dir, { recursive: true }));

  it('takes options before variables', () => {
    const variables = { url: 'http://variables', clientId: 'v', clientSecret: 'vs' };
    expect(findGateway({}, { environment: given, file: running })).toEqual(variables);
    expect(findGateway({ url: 'https://option' }, { environment: given, file: running })).toEqual({
      ...variables,
      url: 'https://option',
    });
  });

  it('takes a client of the running npm start when nothing is given', () => {
    const options = { environment: {}, file: running };
    expect(findGateway({}, options)).toEqual({
      ...{ url: 'http://running', clientId: 'crm-id', clientSecret: 'crm-secret' },
    });
    expect(findGateway({}, { ...options, scope: 'admin' })).toMatchObject({ clientId: 'boss-id' });
    expect(findGateway({ as: 'portal' }, options)).toMatchObject({ clientId: 'portal-id' });
    expect(findGateway({ as: 'portal' }, { ...options, environment: given })).toMatchObject({ url: 'http://running' });
  });

  it('says what is missing, and sends no client of npm start anywhere else', () => {
    const find = (options: Parameters<typeof findGateway>[0], file = running) =>
      findGateway(options, { environment: {}, file });
    expect(() => find({ url: 'http://else' })).toThrow(
      misuse('give --client-id or SIMYARD_CLIENT_ID, --client-secret'),
    );
    expect(() => find({ url: 'http://else', as: 'crm' })).toThrow(misuse('--as'));
    expect(() => find({ as: 'nobody' })).toThrow(misuse('portal, crm, boss'));
    expect(() => find({}, absent)).toThrow(misuse('npm start'));
    expect(() => find({ url: 'ftp://x', clientId: 'a', clientSecret: 'b' })).toThrow(misuse('ftp://x'));
  });
});

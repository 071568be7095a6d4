import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreatedClient } from '#libs/access';
import { send, startGateway, type GatewayUnderTest, type Reply } from '../testing/gateway-under-test.js';

let gateway: GatewayUnderTest;
let client: CreatedClient;
let form: Record<string, string>;

beforeAll(async () => {
  gateway = await startGateway();
  client = await gateway.newClient('ACME', ['operations:read', 'dwh:read']);
  form = { grant_type: 'client_credentials', client_id: client.clientId, client_secret: client.clientSecret };
}, 60_000);

afterAll(() => gateway.stop());

const asForm = { 'content-type': 'application/x-www-form-urlencoded' };
const post = (headers: Record<string, string>, body: string | Record<string, unknown>): Promise<Reply> =>
  send(`${gateway.url}/oauth2/token`, 'POST', headers, body);
const postForm = (fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Reply> =>
  post({ ...asForm, ...headers }, new URLSearchParams(fields).toString());
const basic = (id: string, secret: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
});
const list = (token: string): Promise<Reply> =>
  send(`${gateway.url}/admin/v1/operations`, 'GET', { authorization: `Bearer ${token}` });

describe('POST /oauth2/token', () => {
  it('gives a token that opens the API, by form, by JSON and by HTTP Basic', async () => {
    const replies = [
      await postForm(form),
      await post({}, form),
      await postForm({ grant_type: 'client_credentials' }, basic(client.clientId, client.clientSecret)),
    ];
    for (const { status, headers, body } of replies) {
      expect(status).toBe(200);
      expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'operations:read dwh:read' });
      expect(headers.get('cache-control')).toBe('no-store');
      expect(await list(String(body.access_token))).toMatchObject({ status: 200 });
    }
  });

  it('narrows the scope, and refuses one the client does not have', async () => {
    expect(await postForm({ ...form, scope: 'dwh:read' })).toMatchObject({ status: 200, body: { scope: 'dwh:read' } });
    expect(await postForm({ ...form, scope: 'dwh:read admin' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope' },
    });
  });

  it('answers wrong credentials with 401 invalid_client, with a challenge when they came by Basic', async () => {
    const wrong = await postForm({ ...form, client_secret: 'wrong' });
    expect(wrong).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(wrong.headers.get('www-authenticate')).toBeNull();
    expect(wrong.headers.get('cache-control')).toBe('no-store');
    const grant = { grant_type: 'client_credentials' };
    for (const headers of [basic(client.clientId, 'wrong'), { authorization: 'Basic !!' }, basic('%', '%')]) {
      const refused = await postForm(grant, headers);
      expect(refused).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
      expect(refused.headers.get('www-authenticate')).toContain('Basic');
    }
    expect(await postForm(grant)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('answers everything else in RFC 6749’s shape', async () => {
    const invalid = { status: 400, body: { error: 'invalid_request' } };
    expect(await postForm({})).toMatchObject(invalid);
    expect(await postForm(form, basic(client.clientId, client.clientSecret))).toMatchObject(invalid);
    expect(await postForm({ grant_type: 'password' })).toMatchObject({ body: { error: 'unsupported_grant_type' } });
    expect(await post(asForm, 'grant_type=a&grant_type=b')).toMatchObject(invalid);
    expect(await post(asForm, 'grant_type=client_credentials&client_id=%00&client_secret=x')).toMatchObject(invalid);
    expect(await post({}, '{"grant_type":')).toMatchObject(invalid);
    expect(await post({}, '[]')).toMatchObject(invalid);
    expect(await post({}, { grant_type: 1 })).toMatchObject(invalid);
    expect(await post({ 'content-type': 'text/plain' }, 'x')).toMatchObject({ ...invalid, status: 415 });
    expect(await post(asForm, `grant_type=${'x'.repeat(600_000)}`)).toMatchObject({ ...invalid, status: 413 });
    const wrongMethod = await send(`${gateway.url}/oauth2/token`, 'GET', {});
    expect(wrongMethod).toMatchObject({ ...invalid, status: 405 });
    expect(wrongMethod.headers.get('allow')).toBe('POST');
  });
});

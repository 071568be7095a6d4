import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CreatedClient } from '#libs/access';
import { patchTypes } from '../../http/request-bodies.js';
import { startGateway, type GatewayUnderTest } from '../../testing/gateway-under-test.js';
import { bodyOf, callCmo, endOpen, type CmoReply } from '../testing/cmo-client.js';
import { productId, saveCards } from '../testing/fleet.js';

let gateway: GatewayUnderTest;
let client: CreatedClient;

beforeAll(async () => {
  gateway = await startGateway({ responseTimeoutMs: 50, publicUrl: 'https://sims.example/api' });
  await saveCards(
    gateway.database,
    [1, 2].map((n) => ({ platform: 'JASPER', n })),
  );
  client = await gateway.newClient('ACME');
}, 60_000);

afterAll(() => gateway.stop());

const patch = (id: string, body: unknown, headers: Record<string, string> = {}): Promise<CmoReply> =>
  callCmo(gateway, client, `PATCH product/${id}`, body, { 'content-type': patchTypes[0], ...headers });

describe('a change of a synchronous platform that does not end in time', () => {
  it('is answered 202 with its monitor, and with the product once it has ended', async () => {
    const id = productId('JASPER', 1);
    const key = { 'idempotency-key': 'slow' };
    const suspend = [{ op: 'replace', path: '/status', value: 'SUSPENDED' }];
    const first = await patch(id, suspend, key);
    const monitor = bodyOf(first) as { href: string; state: string };
    expect([first.status, monitor.state]).toEqual([202, 'IN_PROGRESS']);
    const product = `https://sims.example/api/connection-management-orchestrator/v5/ACME/product/${id}`;
    expect(first.headers.get('link')).toBe(
      `<${monitor.href}>; rel="related"; title="monitor", <${product}>; rel="self", <${product}>; rel="canonical"`,
    );
    expect(await patch(id, suspend, key)).toMatchObject({ status: 202, text: first.text });
    await endOpen(gateway, client, { status: 'COMPLETED' });
    expect(await patch(id, suspend, key)).toMatchObject({ status: 200 });
  });
});

describe('whatever is sent to PATCH', () => {
  const path = fc.oneof(
    fc.constantFrom(
      '/status',
      '/customProperty',
      '/customProperty/-',
      '/customProperty/0/value',
      '/relatedParty/0/id',
      '/id',
    ),
    fc.constantFrom(
      '$',
      '$.customProperty',
      '$.customProperty[*]',
      "$.customProperty[?@.name=='a'].value",
      '$[?@',
      '$..*',
    ),
    fc.string({ unit: 'binary' }),
  );
  const value = fc.oneof(
    fc.constantFrom<unknown>('ACTIVE', 'SUSPENDED', 'ACME-B', { name: 'a', value: 'b' }, [{ name: 'a', value: '' }]),
    fc.jsonValue({ maxDepth: 40 }),
  );
  const op = fc.oneof(fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test'), fc.string());
  const operation = fc.record({ op, path, from: path, value }, { requiredKeys: [] });
  const body = fc.oneof(
    fc.array(operation, { maxLength: 5 }).map((operations) => JSON.stringify(operations)),
    fc.json(),
    fc.string({ unit: 'binary' }),
  );
  const type = fc.constantFrom(...patchTypes, 'application/json');

  it('is no fault of ours, and refused in the facade’s shape', async () => {
    await fc.assert(
      fc.asyncProperty(body, type, async (sent, contentType) => {
        const reply = await patch(productId('JASPER', 2), sent, { 'content-type': contentType });
        expect([200, 202, 400, 404, 409, 413, 415]).toContain(reply.status);
        if (reply.status >= 400) {
          expect(bodyOf(reply)).toMatchObject({
            status: String(reply.status),
            '@type': 'Error',
            code: expect.any(String),
          });
        }
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});

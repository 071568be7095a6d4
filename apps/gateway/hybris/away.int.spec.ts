import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CreatedClient } from '#libs/access';
import { eventually } from '#libs/testing';
import { startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.js';
import { startProxy, type Proxy } from '../testing/proxy.js';
import { callShop, iccidOf, order, saveShop } from './testing/shop.js';

let gateway: GatewayUnderTest;
let toPostgres: Proxy;
let toKafka: Proxy;
let client: CreatedClient;

beforeEach(async () => {
  gateway = await startGateway({
    drainDelayMs: 5000,
    environment: { SIMYARD_HYBRIS_RATE: '5' },
    throughUrl: async (databaseUrl) => {
      const url = new URL(databaseUrl);
      toPostgres = await startProxy({ host: url.hostname, port: Number(url.port) });
      url.host = `127.0.0.1:${toPostgres.port}`;
      return url.href;
    },
    throughBroker: async (broker) => {
      const [host = '', port] = broker.split(':');
      toKafka = await startProxy({ host, port: Number(port) });
      return `127.0.0.1:${toKafka.port}`;
    },
  });
  await saveShop(gateway.database);
  client = await gateway.newClient('ACME', [], ['TT']);
}, 60_000);

afterEach(async () => {
  toPostgres.mend();
  await gateway.stop();
  await Promise.all([toPostgres.close(), toKafka.close()]);
}, 60_000);

const call = () => callShop(gateway, client, [order('add', 'Activate', iccidOf(0))]);

async function answered(status: number): Promise<{ text: string; headers: Headers }> {
  return eventually(async () => {
    const reply = await call();
    expect(reply.status).toBe(status);
    return reply;
  });
}

const stored = () => gateway.database.query('select from bulk.job');

describe('the service of a business unit', () => {
  it('is 502 while Kafka or Postgres is away, writes nothing then, and comes back', async () => {
    await answered(200);
    const jobs = (await stored()).length;
    toKafka.cut();
    const withoutKafka = await answered(502);
    expect(withoutKafka.text).toBe(
      '{"errors":[{"code":502,"message":"LLA:BAD_GATEWAY","description":"Kafka cannot be reached."}]}',
    );
    toKafka.mend();
    await answered(200);
    toPostgres.cut();
    const withoutPostgres = await answered(502);
    expect(withoutPostgres.text).toBe(
      '{"errors":[{"code":502,"message":"LLA:BAD_GATEWAY","description":"PostgreSQL cannot be reached."}]}',
    );
    toPostgres.mend();
    await answered(200);
    expect((await stored()).length).toBeGreaterThan(jobs);
  }, 60_000);

  it('is 429 for a client above its rate, with the time to wait, and 200 for another', async () => {
    const other = await gateway.newClient('ACME', [], ['TT']);
    await answered(200);
    const replies = await Promise.all(Array.from({ length: 20 }, call));
    const refused = replies.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(replies.filter(({ status }) => status !== 200 && status !== 429)).toEqual([]);
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
    expect(refused[0]?.text).toBe(
      '{"errors":[{"code":429,"message":"The request is invalid or not properly formed.","description":"The requested operation failed because a resource associated with the request could not be found."}]}',
    );
    expect((await callShop(gateway, other, [order('add', 'Activate', iccidOf(1))])).status).toBe(200);
  });

  it('is 503 with Retry-After: 120 while the gateway drains', async () => {
    await answered(200);
    const stopping = gateway.stop();
    const reply = await call();
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '120']);
    expect(reply.text).toBe(
      '{"errors":[{"code":503,"message":"LLA:SERVICE_UNAVAILABLE","description":"The service is shutting down."}]}',
    );
    await stopping;
    gateway = { ...gateway, stop: () => Promise.resolve() };
  });
});

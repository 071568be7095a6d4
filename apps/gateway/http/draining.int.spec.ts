import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { send, startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.js';

let gateway: GatewayUnderTest;
let stopping: Promise<void> | undefined;

beforeAll(async () => {
  gateway = await startGateway({ drainDelayMs: 5000 });
}, 60_000);

afterAll(() => stopping ?? gateway.stop());

describe('a gateway that is told to end', () => {
  it('refuses requests on old and new connections with 503 and Retry-After, and closes its listener later', async () => {
    const { hostname, port } = new URL(gateway.url);
    const kept = connect(Number(port), hostname);
    await once(kept, 'connect');
    stopping = gateway.stop();

    const fresh = await send(`${gateway.url}/admin/v1/operations`, 'GET', {});
    expect(fresh).toMatchObject({ status: 503, body: { error: { code: 'DRAINING' } } });
    expect(Number(fresh.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answerOf(kept)).toMatch(/^HTTP\/1\.1 503 [^]*connection: close[^]*"code":"DRAINING"/i);
    expect(await send(`${gateway.url}/readyz`, 'GET', {})).toMatchObject({ status: 503 });
    expect(await send(`${gateway.url}/livez`, 'GET', {})).toMatchObject({ status: 200 });

    await stopping;
    await expect(send(`${gateway.url}/livez`, 'GET', {})).rejects.toThrow();
  }, 30_000);
});

async function answerOf(socket: Socket): Promise<string> {
  let answer = '';
  socket.on('data', (data) => (answer += data.toString()));
  socket.write('POST /v1/casm/subscribers HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n');
  await once(socket, 'close');
  return answer;
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { CreatedClient } from '#libs/access';
import { SimyardError } from '#libs/errors';
import { resourceTypeSource } from '#libs/inventory';
import { requestScope } from '#libs/operations';
import type { Database } from '#libs/postgres';
import { eventually } from '#libs/testing';
import {
  credentials,
  endByHand,
  send,
  startGateway,
  type GatewayUnderTest,
  type Reply,
} from '../testing/gateway-under-test.js';
import { startProxy, type Proxy } from '../testing/proxy.js';
import { admit } from './admit.js';
import { planAdmission, type Admission } from './plan-admission.js';

let proxy: Proxy;
let gateway: GatewayUnderTest;
let client: CreatedClient;

beforeAll(async () => {
  gateway = await startGateway({
    throughUrl: async (databaseUrl) => {
      const url = new URL(databaseUrl);
      proxy = await startProxy({ host: url.hostname, port: Number(url.port) });
      url.host = `127.0.0.1:${proxy.port}`;
      return url.href;
    },
  });
  client = await gateway.newClient('ACME');
}, 60_000);

afterAll(async () => {
  await gateway.stop();
  await proxy.close();
});

function write(requestId: string): Promise<Reply> {
  const body = { requestId, subscriber: { externalId: 'S' }, state: 'Active' };
  return send(`${gateway.url}/v1/casm/subscribers/status`, 'POST', credentials(client), body);
}

describe('while Postgres is away', () => {
  it('a write is refused with 503 and nothing is done; afterwards it works', async () => {
    const requestId = randomUUID();
    proxy.cut();
    const refused = await write(requestId);
    expect(refused).toMatchObject({ status: 503, body: { error: { code: 'DATABASE_UNAVAILABLE' } } });
    expect(refused.headers.get('retry-after')).not.toBeNull();
    expect(await send(`${gateway.url}/readyz`, 'GET', {})).toMatchObject({
      status: 503,
      body: { checks: { postgres: 'down' } },
    });
    expect(await send(`${gateway.url}/livez`, 'GET', {})).toMatchObject({ status: 200 });
    proxy.mend();
    await eventually(async () => expect(await send(`${gateway.url}/readyz`, 'GET', {})).toMatchObject({ status: 200 }));
    expect(await operationsOf(requestId)).toHaveLength(0);
    const pending = write(requestId);
    await eventually(() => endByHand(gateway.database, requestId, { status: 'COMPLETED', response: '{}' }));
    expect(await pending).toMatchObject({ status: 200 });
  });

  it('one that waits for its command goes on waiting', async () => {
    const requestId = randomUUID();
    const pending = write(requestId);
    await eventually(async () => expect(await operationsOf(requestId)).toHaveLength(1));
    proxy.cut();
    await endByHand(gateway.database, requestId, { status: 'COMPLETED', response: '{"late":true}' });
    proxy.mend();
    expect(await pending).toMatchObject({ status: 200, body: { late: true } });
  });
});

describe('admit', () => {
  const types = resourceTypeSource();

  const admission = (requestId: string): Admission =>
    planAdmission(
      {
        facade: 'ocs',
        name: 'ChangeSubscriberStatus',
        data: { requestId, subscriber: { externalId: 'S' }, state: 'Active' },
        caller: { client, correlationId: 'c' },
        key: requestId,
        scope: requestScope.ocs(client.username),
        orderKey: 'S',
      },
      uuidv7(),
      new Date(),
      60_000,
    );

  /** The database, but of the first transaction only the commit arrives, not its reply. */
  function losingFirstReply(database: Database): Database {
    let lost = false;
    return {
      ...database,
      transaction: async (work) => {
        const result = await database.transaction(work);
        if (lost) return result;
        lost = true;
        throw new SimyardError('DATABASE_UNAVAILABLE');
      },
    };
  }

  it('finds its own operation when the reply to its commit was lost', async () => {
    const requestId = randomUUID();
    const own = admission(requestId);
    expect(await admit(losingFirstReply(gateway.database), types, [own])).toEqual([{ status: 'ADMITTED' }]);
    expect(await operationsOf(requestId)).toMatchObject([{ operation_id: own.operation.operationId }]);
    expect(await admit(gateway.database, types, [admission(requestId)])).toMatchObject([
      { status: 'REPEATED', holder: { operationId: own.operation.operationId } },
    ]);
  });

  it('gives up when Postgres stays away', async () => {
    let attempts = 0;
    const away: Database = {
      ...gateway.database,
      transaction: () => {
        attempts += 1;
        return Promise.reject(new SimyardError('DATABASE_UNAVAILABLE'));
      },
    };
    const ends = await admit(away, types, [admission(randomUUID()), admission(randomUUID())]);
    const failed = { status: 'FAILED', error: { code: 'DATABASE_UNAVAILABLE' } };
    expect(ends).toMatchObject([failed, failed]);
    expect(attempts).toBe(2);
  });
});

const operationsOf = (requestId: string): Promise<Record<string, unknown>[]> =>
  gateway.database.query('select operation_id from operations.operation where request_id = $1', [requestId]);

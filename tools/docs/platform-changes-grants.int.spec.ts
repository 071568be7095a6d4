import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createActorDirectory, createClient } from '#libs/access';
import { platformSource, type CommandName, type SimStatus } from '#libs/contracts';
import { insertAccounts } from '#libs/inventory';
import type { CallHandler, KafkaRecord } from '#libs/kafka';
import { savePlatform, storeRequests } from '#libs/platforms';
import { commandRecord } from '#libs/testing';
import { createCommandRunner, endTimedOut } from '#libs/transactions';
import { monitorHandlers } from '../../apps/monitor/testing/monitor-system.js';
import { secretPepper, subscriberHandlers } from '../../apps/subscriber/testing/run-commands.js';
import { grantedDatabase, type GrantedDatabase } from './testing/granted-database.js';

const handlers = { subscriber: subscriberHandlers(), monitor: monitorHandlers() };
const subscriber = { externalId: 'SUB-1' };
const iccid = '8901260852290847433';
const platform = 'ELEVENTH';

let granted: GrantedDatabase;

beforeAll(async () => {
  granted = await grantedDatabase();
  const cli = granted.as('cli');
  await insertAccounts(cli, [{ accountId: 'ACME', name: 'Acme' }]);
  await createClient(cli, secretPepper, { username: 'acme-crm', accountId: 'ACME' });
  const settings = { baseUrl: 'https://platform.test', changes: { status: 'async' }, credential: 'its-token' } as const;
  await cli.transaction((tx) =>
    savePlatform(tx, secretPepper, platform, { ...settings, callbackSecret: 'its-secret' }),
  );
  const card = { accountId: 'ACME', platform, sim: { iccid, status: 'ACTIVE' } };
  await run('subscriber', commandRecord('CreateSubscriber', { requestId: 'r', ...subscriber, ...card }));
});

afterAll(() => granted.drop());

/** Runs a command as its service does; returns how its operation stands. */
async function run(service: 'subscriber' | 'monitor', record: KafkaRecord): Promise<string | undefined> {
  const database = granted.as(service);
  const actors = createActorDirectory(database);
  const callHandler: CallHandler = handlers[service];
  await createCommandRunner({ database, actors, source: '/spec' }).handle([record], callHandler);
  const { rows } = await granted.admin.query<{ status: string }>(
    'select status from operations.operation where command_id = $1',
    [record.headers['ce_id']],
  );
  return rows[0]?.status;
}

/** A change that subscriber has begun, and whose request the connector has stored and sent. */
async function begun(status: SimStatus): Promise<{ operationId: string; told: object }> {
  const change = { kind: 'status', status } as const;
  const record = commandRecord('ChangeSimStatus', { subscriber, status });
  expect(await run('subscriber', record)).toBe('IN_PROGRESS');
  const { rows } = await granted.admin.query<{ operationId: string; subscriberId: string }>(
    `select operation_id as "operationId", subscriber_id as "subscriberId"
     from operations.operation, inventory.subscriber where command_id = $1`,
    [record.headers['ce_id']],
  );
  const { operationId, subscriberId } = rows[0]!;
  const told = { platform, iccid, subscriberId, change };
  const ids = { operationId, tenantId: 'ACME', actor: 'acme-crm', correlationId: 'c', requestId: null };
  await granted
    .as('platform_connector')
    .transaction((tx) => storeRequests(tx, [{ ...ids, transactionId: null, lane: 'stream', ...told }]));
  return { operationId, told };
}

const end = (operationId: string): Promise<unknown> =>
  granted.admin.query(`update platforms.request set state = 'DONE' where operation_id = $1`, [operationId]);

const holds = async (operationId: string): Promise<unknown> => {
  const { rows } = await granted.admin.query<object>(
    `select settled, sim.status from platforms.request join inventory.sim using (iccid) where operation_id = $1`,
    [operationId],
  );
  return rows[0];
};

const tell = (name: CommandName, data: object, id?: string): Promise<string | undefined> =>
  run('monitor', commandRecord(name, data, id === undefined ? {} : { envelope: { id, source: platformSource } }));

describe('with deploy/postgres/grants.sql', () => {
  it('subscriber begins what a platform has to do, and monitor records its answer', async () => {
    const { operationId, told } = await begun('SUSPENDED');
    await end(operationId);
    await tell('RecordPlatformResponse', { ...told, state: 'DONE', statusCode: 200, message: '' }, operationId);
    expect(await holds(operationId)).toEqual({ settled: true, status: 'SUSPENDED' });
  });

  it('monitor records what a platform has, and refuses while another operation goes on', async () => {
    const { operationId, told } = await begun('INACTIVE');
    const state = { ...told, operationId, sim: { status: 'INACTIVE', customProperties: [] } };
    expect(await tell('RecordSimState', { ...state, requestId: 'r-2' })).toBe('FAILED');
    await granted.admin.query(
      `update operations.operation set deadline = now() - interval '1 s' where status = 'IN_PROGRESS'`,
    );
    expect(await granted.as('monitor').transaction((tx) => endTimedOut(tx))).toEqual([operationId]);
    await end(operationId);
    expect(await tell('RecordSimState', { ...state, requestId: 'r-2' })).toBe('COMPLETED');
    expect(await holds(operationId)).toEqual({ settled: true, status: 'INACTIVE' });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import {
  createActorDirectory,
  createAuthenticator,
  createClient,
  listClients,
  revokeClient,
  type CreatedClient,
} from '#libs/access';
import { listItems, listJobs, stageItems, stageJob } from '#libs/bulk';
import { commandType, gatewaySource, type CommandName } from '#libs/contracts';
import {
  insertAccounts,
  insertOffers,
  listExternalParams,
  listProducts,
  listOffers,
  readProducts,
  readResources,
  readSubscriber,
  resourceTypeSource,
  shareAccounts,
} from '#libs/inventory';
import type { CallHandler, KafkaRecord } from '#libs/kafka';
import { listLocks, wantedLocks } from '#libs/locks';
import { listMonitors } from '#libs/monitors';
import { insertOperations, listOperations, readOperation, takeRequestKeys } from '#libs/operations';
import { platformSource, savePlatform } from '#libs/platforms';
import type { Database } from '#libs/postgres';
import { createLogger } from '#libs/runtime';
import { commandRecord, lockingOf, operationRow } from '#libs/testing';
import {
  createCommandRunner,
  createRelayPass,
  endTimedOut,
  takeLocks,
  type Command,
  type Decision,
  type HandlerContext,
  type Lane,
} from '#libs/transactions';
import { BulkJobsController } from '../../apps/bulk-jobs/bulk-jobs.controller.js';
import { dispatchOnce } from '../../apps/bulk-jobs/dispatch/dispatcher.js';
import { watchGaps } from '../../apps/dwh-sink/gaps/watch-gaps.js';
import { createPartitions } from '../../apps/dwh-sink/sink/partitions.js';
import { storeBatch } from '../../apps/dwh-sink/sink/store.js';
import { versions } from '../../apps/dwh-sink/testing/changes.js';
import { breakLock } from '../../apps/gateway/admin/break-lock.js';
import { admit } from '../../apps/gateway/commands/admit.js';
import { planAdmission } from '../../apps/gateway/commands/plan-admission.js';
import { retainOnce } from '../../apps/monitor/retention.js';
import { ResourceSwapController } from '../../apps/resource-swap/resource-swap.controller.js';
import { subscriberHandlers } from '../../apps/subscriber/testing/run-commands.js';
import { grantedDatabase, sqlOf, type GrantedDatabase, type Service } from './testing/granted-database.js';

const pepper = 'p'.repeat(32);
const log = createLogger('spec', 'silent');
let granted: GrantedDatabase;
let admin: GrantedDatabase['admin'];
let client: CreatedClient;

beforeAll(async () => {
  granted = await grantedDatabase();
  ({ admin } = granted);
});

afterAll(() => granted.drop());

const as = (service: Service): Database => granted.as(service);

/** Each test runs what the service itself runs; they build on each other. */
describe('with deploy/postgres/grants.sql', () => {
  it('the command line makes accounts, clients and offers, and revokes clients', async () => {
    await insertAccounts(as('cli'), [
      { accountId: 'ACME', name: 'Acme' },
      { accountId: 'ACME-TT', parentId: 'ACME', name: 'Acme Trinidad' },
    ]);
    client = await createClient(as('cli'), pepper, { username: 'acme-crm', accountId: 'ACME' });
    const other = await createClient(as('cli'), pepper, { username: 'old', accountId: 'ACME' });
    await revokeClient(as('cli'), other.clientId);
    await insertOffers(as('cli'), [{ tenantId: 'ACME', offerId: 'IOT-1GB', name: 'A gigabyte' }]);
    expect(await listOffers(as('cli'), 'ACME')).toHaveLength(1);
  });

  it('the command line configures a platform, for those who must know it', async () => {
    await as('cli').transaction((tx) => savePlatform(tx, pepper, 'ELEVENTH', { pollMs: 100 }));
    await as('cli').transaction((tx) => savePlatform(tx, pepper, 'ELEVENTH', { pollMs: 200 }));
    for (const service of ['gateway', 'subscriber', 'platform_connector', 'monitor', 'cli'] as const) {
      expect((await platformSource(pepper)(as(service))).get('ELEVENTH')).toMatchObject({ pollMs: 200 });
    }
  });

  it('platform-connector runs relays', async () => {
    for (const lane of ['platform-connector', 'stream'] as const)
      expect(await relay('platform_connector', lane)).toBe(0);
  });

  it('subscriber creates subscribers with SIM and resources, and changes their state', async () => {
    await run('subscriber', 'CreateSubscriber', {
      externalId: 'SUB-1',
      accountId: 'ACME-TT',
      sim: { iccid: '8901260852290847433' },
      resources: [{ type: 'MSISDN', value: '18685550101' }],
    });
    await run('subscriber', 'ChangeSubscriberStatus', { subscriber: { externalId: 'SUB-1' }, state: 'Suspended' });
    await run('subscriber', 'CreateSubscriber', {
      externalId: 'SUB-2',
      accountId: 'ACME-TT',
      resources: [{ type: 'MSISDN', value: '18685550199' }],
    });
    await run('subscriber', 'ChangeSubscriberStatus', { subscriber: { externalId: 'SUB-2' }, state: 'Deactivated' });
  });

  it('subscriber changes offers, SIMs and external parameters', async () => {
    const subscriber = { externalId: 'SUB-1' };
    const offer = { subscriber, offerId: 'IOT-1GB' };
    for (const name of ['AttachOffer', 'DetachOffer', 'AttachOffer'] as const) await run('subscriber', name, offer);
    await run('subscriber', 'ChangeSimStatus', { subscriber, status: 'ACTIVE' });
    await run('subscriber', 'ResetActivationTime', { subscriber });
    const param = { accountId: 'ACME-TT', name: 'color', value: 'red' };
    await run('subscriber', 'CreateExternalParam', param);
    const { rows } = await admin.query<{ instanceId: string }>(
      'select instance_id as "instanceId" from inventory.external_param',
    );
    await run('subscriber', 'ModifyExternalParam', { ...param, ...rows[0], value: 'blue' });
    await run('subscriber', 'DeleteExternalParam', { ...param, ...rows[0] });
    await run('subscriber', 'CreateExternalParam', param);
  });

  it('resource-swap swaps, also what a Deactivated subscriber has, and creates and deletes', async () => {
    const subscriber = { externalId: 'SUB-1' };
    const [resourceType, mail] = ['MSISDN', 'meter@example.com'];
    const swap = { subscriber, resourceType, swapResource: '18685550101', resource: '18685550199' };
    await run('resource_swap', 'SwapSubscriberResource', swap);
    await run('resource_swap', 'CreateSubscriberResource', { subscriber, resourceType: 'EMAIL', resource: mail });
    await run('resource_swap', 'DeleteSubscriberResource', { subscriber, resourceType: 'EMAIL', resource: mail });
    // As a replay does; there is nothing to take.
    const [operationId, from, fingerprint] = [randomUUID(), randomUUID(), randomUUID()];
    const taken = { tenantId: 'ACME', scope: 'ocs:acme-crm', key: 'none', fingerprint, operationId, from };
    await expect(takeRequestKeys(as('resource_swap'), [taken])).rejects.toMatchObject({ code: 'CONCURRENT_CHANGE' });
  });

  it('gateway stores a bulk job, bulk-jobs starts it, sends its items and ends it', async () => {
    const jobId = await stageByGateway(as('gateway'), 'ChangeSubscriberStatus');
    const start = commandRecord('SubmitBulkJob', { action: 'ChangeSubscriberStatus' }, ofGateway(jobId));
    expect(await runOutcome('bulk_jobs', start)).toEqual({ status: 'IN_PROGRESS', error: null });
    const items = [{ data: { subscriber: { externalId: 'SUB-1' } } }];
    const inline = commandRecord('SubmitBulkJob', { action: 'ResetActivationTime', items });
    expect(await runOutcome('bulk_jobs', inline)).toEqual({ status: 'IN_PROGRESS', error: null });
    const options = { window: 10, itemDeadlineMs: 60_000, types: resourceTypeSource(), source: '/simyard/bulk-jobs' };
    expect(await dispatchOnce(as('bulk_jobs'), options)).toMatchObject({ sent: 2, inFlight: 2 });
    // As their services do.
    await admin.query(`update operations.operation set status = 'FAILED' where facade = 'bulk'`);
    await admin.query(`delete from operations.lock where facade = 'bulk'`);
    expect(await dispatchOnce(as('bulk_jobs'), options)).toMatchObject({ settled: 2, finishedJobs: 2 });
    const retry = commandRecord('RetryFailedItems', { jobId });
    expect(await runOutcome('bulk_jobs', retry)).toEqual({ status: 'IN_PROGRESS', error: null });
    const [job] = await listJobs(as('gateway'), 'ACME', { limit: 1 });
    await run('bulk_jobs', 'CancelBulkJob', { jobId: job!.jobId });
    expect(await dispatchOnce(as('bulk_jobs'), options)).toMatchObject({ ended: { CANCELLED: 1 }, finishedJobs: 1 });
    expect(await listItems(as('gateway'), 'ACME', jobId, { after: 0, limit: 10 })).toMatchObject([
      { status: 'FAILED' },
    ]);
    await admin.query(`update bulk.job set ended_at = now() - interval '2 days'`);
    expect(await relay('bulk_jobs', 'stream')).toBeGreaterThan(0);
  });

  it.each(['subscriber', 'resource_swap'] as const)(
    '%s respects locks, and ends who is past the deadline',
    async (service) => {
      const [gateway, holder] = [as('gateway'), operationRow()];
      await insertOperations(gateway, [holder]);
      const { rows } = await admin.query<{ id: string }>(
        `select subscriber_id as id from inventory.subscriber where external_id = 'SUB-1'`,
      );
      const levels = { userAction: 'none', entity: 'Subscriber' } as const;
      await takeLocks(gateway, wantedLocks(levels, lockingOf(holder), { type: 'Subscriber', id: rows[0]!.id }));
      const resource = { subscriber: { externalId: 'SUB-1' }, resourceType: 'USERNAME', resource: service };
      const [name, data] =
        service === 'subscriber'
          ? (['ChangeSubscriberStatus', { ...resource, state: 'Inactive' }] as const)
          : (['CreateSubscriberResource', resource] as const);
      const refused = commandRecord(name, { requestId: service, ...data });
      expect(await runOutcome(service, refused)).toMatchObject({
        status: 'FAILED',
        error: expect.stringContaining('LOCKED'),
      });
      await admin.query(`update operations.operation set deadline = now() - interval '1 s' where operation_id = $1`, [
        holder.operationId,
      ]);
      await admin.query(`update operations.lock set expires_at = now() - interval '1 s'`);
      await run(service, name, { requestId: service, ...data });
    },
  );

  it('gateway authenticates, admits under locks and breaks one, reads, and relays its lane', async () => {
    const gateway = as('gateway');
    const caller = await createAuthenticator(gateway, pepper).verify(client.clientId, client.clientSecret);
    expect(caller).toMatchObject({ username: 'acme-crm' });
    const types = await resourceTypeSource()(gateway);
    const admitOne = (key: string, deadlineMs: number) =>
      admit(gateway, () => Promise.resolve(types), [admission(key, deadlineMs)]);
    expect(await admitOne('r', 0)).toEqual([{ status: 'ADMITTED' }]);
    // Which ends the one before, as its deadline has passed.
    expect(await admitOne('long', 60_000)).toEqual([{ status: 'ADMITTED' }]);
    expect(await admitOne('refused', 60_000)).toMatchObject([{ status: 'LOCKED' }]);
    const [lock] = await listLocks(gateway, 'ACME', { limit: 1 });
    await breakLock(gateway, { ...client, scopes: ['admin'] }, lock!.fencingToken, 'it hangs');
    expect(await admitOne('last', 0)).toEqual([{ status: 'ADMITTED' }]);
    const page = { historyIncluded: true, page: 0, size: 10 };
    const scope = { tenantId: 'ACME', accountId: 'ACME' };
    const read = await readResources(gateway, types, scope, { reference: { externalId: 'SUB-1' }, ...page });
    expect(read).toMatchObject({ subscriber: { externalId: 'SUB-1' } });
    await shareAccounts(gateway, ['ACME-TT']);
    expect(await readSubscriber(gateway, types, scope, { externalId: 'SUB-1' })).toHaveProperty('offers.length', 1);
    expect(await listExternalParams(gateway, scope, 'ACME-TT', { page: 0, size: 1 })).toMatchObject({ total: 1 });
    const { products } = await listProducts(gateway, scope, { pageNumber: 1, pageSize: 1 });
    const names = products.map(({ platform, iccid }) => ({ platform, iccid }));
    expect(await readProducts(gateway, scope, names)).toEqual(products);
    expect(await platformSource(pepper)(gateway)).toHaveProperty('size', expect.any(Number));
    expect(await listMonitors(gateway, 'ACME', { pageNumber: 1, pageSize: 1 })).toHaveProperty('total', 0);
    expect(await relay('gateway', 'gateway')).toBe(3);
  });

  it('monitor ends operations, keeps partitions and removes what is old', async () => {
    expect(await as('monitor').transaction((tx) => endTimedOut(tx))).toHaveLength(1);
    await admin.query('drop table if exists operations.operation_' + dayFromNow(7));
    const done = await retainOnce(as('monitor'), { inboxRetentionHours: 0, operationRetentionDays: 1 });
    expect(done.partitionsMade).toBeGreaterThan(0);
    expect(done.inboxDeleted).toBeGreaterThan(0);
    expect(done.bulkJobsDeleted).toBe(3);
    expect(await relay('monitor', 'stream')).toBeGreaterThan(0);
  });

  it('the command line shows clients and operations', async () => {
    const cli = as('cli');
    expect(await listClients(cli)).toHaveLength(2);
    const [from, to] = [new Date(Date.now() - 86_400_000), new Date(Date.now() + 1000)];
    const [operation] = await listOperations(cli, 'ACME', { from, to, limit: 1 });
    expect(await readOperation(cli, null, operation!.operationId)).toMatchObject({ actor: 'acme-crm' });
  });

  it('dwh-sink stores changes, makes partitions and looks for gaps', async () => {
    const sink = as('dwh_sink');
    const [first, , third] = versions('resource-1', 3);
    await createPartitions(sink).ensureFor([first!], new Date());
    await storeBatch(sink, [first!, third!]);
    expect(await watchGaps(sink, 60_000, log).look()).toMatchObject({ versions: 1 });
    await storeBatch(sink, versions('resource-1', 3));
    expect(await createAuthenticator(sink, pepper).verify(client.clientId, client.clientSecret)).toBeDefined();
  });

  it.each<[Service, string]>([
    ['gateway', "update inventory.subscriber set state = 'Active'"],
    ['gateway', 'update operations.operation set response = null'],
    ['gateway', 'update operations.lock set operation_id = operation_id'],
    ['gateway', 'delete from operations.lock_audit'],
    ['monitor', 'insert into operations.lock default values'],
    ['subscriber', 'select from operations.lock_audit'],
    ['gateway', 'delete from messaging.inbox'],
    ['subscriber', 'select secret_hash from access.api_client'],
    ['subscriber', 'insert into inventory.account select * from inventory.account'],
    ['subscriber', 'delete from operations.operation'],
    ['subscriber', 'insert into inventory.offer select * from inventory.offer'],
    ['subscriber', "update inventory.account set name = ''"],
    ['gateway', 'delete from inventory.external_param'],
    ['resource_swap', 'select from inventory.subscriber_offer'],
    ['resource_swap', "update inventory.subscriber set state = 'Active'"],
    ['resource_swap', 'insert into inventory.sim select * from inventory.sim'],
    ['resource_swap', 'select secret_hash from access.api_client'],
    ['resource_swap', 'select operations.drop_partitions(current_date)'],
    ['resource_swap', 'select from messaging.outbox_parked'],
    ['resource_swap', 'update operations.request_key set fingerprint = operation_id'],
    ['gateway', "update bulk.job set state = 'ENDED'"],
    ['gateway', 'delete from bulk.job'],
    ['subscriber', 'select from bulk.job'],
    ['bulk_jobs', "update inventory.subscriber set state = 'Active'"],
    ['bulk_jobs', 'update bulk.item set data = null'],
    ['bulk_jobs', 'delete from bulk.item_result'],
    ['bulk_jobs', 'select secret_hash from access.api_client'],
    ['subscriber', 'select from platforms.request'],
    ['gateway', 'insert into platforms.request select * from platforms.request'],
    ['gateway', 'update platforms.platform set base_url = null'],
    ['platform_connector', 'update platforms.platform set base_url = null'],
    ['platform_connector', 'delete from platforms.request'],
    ['platform_connector', "update operations.operation set status = 'FAILED'"],
    ['platform_connector', 'select from inventory.sim'],
    ['monitor', 'update bulk.job set failed = 0'],
    ['monitor', 'insert into inventory.sim select * from inventory.sim'],
    ['monitor', 'select from inventory.offer'],
    ['monitor', 'select secret_hash from access.api_client'],
    ['monitor', 'drop table operations.operation_default'],
    ['monitor', 'select from dwh.entity_latest'],
    ['dwh_sink', 'select from operations.operation'],
    ['dwh_sink', 'select from inventory.subscriber'],
    ['dwh_sink', 'delete from dwh.entity_change'],
    ['dwh_sink', 'update dwh.entity_change set before = null'],
    ['cli', 'select from inventory.resource'],
    ['cli', "update access.api_client set secret_hash = ''"],
    ['cli', 'create table public.mine ()'],
    ['cli', 'create temporary table mine ()'],
  ])('%s may not: %s', async (service, statement) => {
    await expect(as(service).query(statement)).rejects.toMatchObject({ cause: { sqlstate: '42501' } });
  });

  it('names every table, so that a new one is not forgotten', async () => {
    const { rows } = await admin.query<{ name: string }>(
      `select oid::regclass::text as name from pg_class
       where relkind in ('r', 'p') and not relispartition
         and relnamespace::regnamespace::text in ('inventory', 'access', 'operations', 'messaging', 'platforms', 'bulk', 'callbacks', 'dwh')`,
    );
    const texts = ['grants.sql', 'grants-dwh.sql'].map(sqlOf);
    expect(rows.filter(({ name }) => !texts.some((text) => new RegExp(`${name}\\b`).test(text)))).toEqual([]);
  });
});

type CommandService = 'subscriber' | 'resource_swap' | 'bulk_jobs';

/** Runs a command as its service does, and expects that it changes something. */
async function run(service: CommandService, name: CommandName, data: object): Promise<void> {
  const record = commandRecord(name, { requestId: randomUUID(), ...data });
  expect(await runOutcome(service, record)).toEqual({ status: 'COMPLETED', error: null });
}

/** How the operation of a command stands once its service has handled it. */
async function runOutcome(service: CommandService, record: KafkaRecord): Promise<unknown> {
  const database = as(service);
  const actors = createActorDirectory(database);
  const runner = createCommandRunner({ database, actors, source: '/spec' });
  await runner.handle([record], handlers);
  const { rows } = await admin.query('select status, error from operations.operation where command_id = $1', [
    record.headers['ce_id'],
  ]);
  return rows[0];
}

const ofGateway = (id: string) => ({ envelope: { id, source: gatewaySource } });

/** A job of one item as the gateway stores it, with its operation; returns its id. */
async function stageByGateway(database: Database, action: 'ChangeSubscriberStatus'): Promise<string> {
  const jobId = uuidv7();
  const origin = { tenantId: 'ACME', accountId: 'ACME', actor: 'acme-crm', clientId: null, correlationId: 'c' };
  const data = JSON.stringify({ subscriber: { externalId: 'SUB-1' }, state: 'Active' });
  await stageJob(database, { jobId, ...origin, facade: 'admin', action, dryRun: false, retryOf: null });
  await stageItems(database, jobId, [{ ordinal: 1, key: '1', data, operationId: uuidv7() }]);
  await database.execute(
    `insert into operations.operation (operation_id, tenant_id, account_id, actor, facade, action, status, command_id,
       command_source, correlation_id, created_at, updated_at)
     values ($1::uuid, 'ACME', 'ACME', 'acme-crm', 'admin', 'SubmitBulkJob', 'ACCEPTED', ($1::uuid)::text, $2, 'c', now(), now())`,
    [jobId, gatewaySource],
  );
  return jobId;
}

const resourceController = new ResourceSwapController();
const bulkController = new BulkJobsController({ bulkDeadlineMs: 60_000 });
type Handle = (commands: Command<never>[], context: HandlerContext) => Promise<Decision[]>;
const handlerOf: Partial<Record<CommandName, Handle>> = {
  CreateSubscriberResource: (commands, context) => resourceController.create(commands, context),
  DeleteSubscriberResource: (commands, context) => resourceController.delete(commands, context),
  SwapSubscriberResource: (commands, context) => resourceController.swap(commands, context),
  SubmitBulkJob: (commands, context) => bulkController.submit(commands, context),
  CancelBulkJob: (commands, context) => bulkController.cancel(commands, context),
  RetryFailedItems: (commands, context) => bulkController.retryFailed(commands, context),
};
const ofSubscriber = subscriberHandlers();
const handlers: CallHandler = (type) => {
  const found = Object.entries(handlerOf).find(([name]) => commandType(name as CommandName) === type);
  if (!found) return ofSubscriber(type);
  return (data, context) => found[1](data as Command<never>[], context as HandlerContext);
};

function admission(key: string, deadlineMs: number) {
  const caller = { client, correlationId: 'c' };
  const write = {
    facade: 'ocs',
    name: 'SwapSubscriberResource',
    data: { requestId: key, subscriber: { externalId: 'SUB-1' } },
    caller,
    key,
    scope: 'ocs:acme-crm',
    orderKey: 'SUB-1',
  } as const;
  return planAdmission(write, uuidv7(), new Date(), deadlineMs);
}

/** One pass of a relay, to a broker that takes everything; returns how many messages it sent. */
async function relay(service: Service, lane: Lane): Promise<number> {
  const producer = { send: () => Promise.resolve(), close: () => Promise.resolve() };
  const pass = createRelayPass({ database: as(service), producer, lane, owner: service, log });
  const sent = await pass.runOnce();
  await pass.end();
  return sent;
}

function dayFromNow(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
}

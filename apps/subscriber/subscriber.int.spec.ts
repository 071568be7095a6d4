import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandData } from '#libs/contracts';
import { findSubscriber, readResources, resourceTypeSource } from '#libs/inventory';
import { platformSource } from '#libs/platforms';
import { openDatabase, type Database } from '#libs/postgres';
import {
  acme,
  command,
  eventually,
  globex,
  resourceRow,
  saveAccounts,
  saveInventory,
  simRow,
  standardTypes,
  subscriberRow,
  testDatabase,
  type TestDatabase,
} from '#libs/testing';
import { handlerContext, type Actor, type Command, type CommandHandler, type Decision } from '#libs/transactions';
import { createSubscriber } from './create/create-subscriber.handler.js';
import { changeSubscriberStatus } from './status/change-status.handler.js';

type CreateData = CommandData<'CreateSubscriber'>;

const types = resourceTypeSource();
const sources = { types, platforms: platformSource('p'.repeat(32)), operationDeadlineMs: 600_000 };
const [create, changeStatus] = [createSubscriber(sources), changeSubscriberStatus(sources)];
const iccid = '89014103211118510720';

const creation = (externalId: string, data: Partial<CreateData> = {}, actor: Actor = acme): Command<CreateData> =>
  command('CreateSubscriber', { requestId: 'r', externalId, accountId: 'ACME-TT', ...data }, actor);
const change = (externalId: string, state: 'Active' | 'Suspended' | 'Deactivated') =>
  command('ChangeSubscriberStatus', { requestId: 'r', subscriber: { externalId }, state });

const codes = (decisions: Decision[]): (string | undefined)[] =>
  decisions.map((decision) => (decision.status === 'REJECTED' ? decision.error.code : undefined));

describe('subscriber on Postgres', () => {
  let testDb: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    testDb = await testDatabase();
    database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 4 });
    await saveAccounts(database);
  });

  afterAll(async () => {
    await database.close();
    await testDb.drop();
  });

  beforeEach(() =>
    database.execute('truncate inventory.subscriber, inventory.resource, inventory.resource_history, inventory.sim'),
  );

  const run = <Data>(handler: CommandHandler<Data>, commands: Command<Data>[]): Promise<Decision[]> =>
    database.transaction((tx) => handler(commands, handlerContext(tx)));

  const find = (externalId: string) => findSubscriber(database, standardTypes, acme, { externalId });

  it('stores a subscriber with its SIM and resources', async () => {
    const full: Partial<CreateData> = {
      platform: 'JASPER',
      sim: { iccid, imsi: '374010123456789', status: 'INACTIVE' },
      resources: [{ type: 'MSISDN', value: '+18685550101' }],
    };
    expect(codes(await run(create, [creation('SUB-1', full), creation('SUB-2')]))).toEqual([undefined, undefined]);
    expect(await find('SUB-1')).toMatchObject({
      ...{ accountId: 'ACME-TT', state: 'Active', platform: 'JASPER' },
      ...{ iccid, imsi: '374010123456789', simStatus: 'INACTIVE' },
    });
    expect(await find('SUB-2')).toMatchObject({ platform: null, iccid: null });
    const query = { reference: { externalId: 'SUB-1' }, historyIncluded: true, page: 0, size: 10 };
    expect(await readResources(database, standardTypes, acme, query)).toMatchObject({
      total: 2,
      resources: [{ type: 'IMSI' }, { type: 'MSISDN', value: '18685550101', version: 1 }],
    });
  });

  it('decides commands of a batch that want the same in their order', async () => {
    const sim = { iccid };
    const commands = [
      creation('SUB-1', { sim }),
      creation('SUB-1'),
      creation('SUB-2', { sim }),
      creation('SUB-1', { accountId: 'GLOBEX' }, globex),
    ];
    expect(codes(await run(create, commands))).toEqual([undefined, 'SUBSCRIBER_EXISTS', 'SIM_IN_USE', undefined]);
    expect(codes(await run(create, [creation('SUB-1')]))).toEqual(['SUBSCRIBER_EXISTS']);
  });

  it.each<[string, Partial<CreateData>, string]>([
    ['external id', { externalId: 'SUB-1' }, 'SUBSCRIBER_EXISTS'],
    ['SIM', { externalId: 'SUB-2', sim: { iccid } }, 'SIM_IN_USE'],
    ['number', { externalId: 'SUB-2', resources: [{ type: 'MSISDN', value: '18685550101' }] }, 'RESOURCE_IN_USE'],
  ])('gives one %s to one of two transactions', async (_, other, code) => {
    const mine = { sim: { iccid }, resources: [{ type: 'MSISDN', value: '18685550101' }] };
    const inserted = Promise.withResolvers<undefined>();
    // As long as it takes to look: on a busy machine that may be longer than a service would wait.
    const first = database.transaction(async (tx) => {
      await tx.query('set local idle_in_transaction_session_timeout = 0');
      const decisions = await create([creation('SUB-1', mine)], handlerContext(tx));
      // What it writes is on its way: an answer tells that it has come.
      await tx.query('select');
      inserted.resolve(undefined);
      await eventually(async () => {
        // Outside the transaction: within one, pg_stat_activity shows what it showed first.
        const waiting = await database.query(
          `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        expect(waiting).toHaveLength(1);
      });
      return decisions;
    });
    await inserted.promise;
    const second = creation(other.externalId ?? '', other);
    const lost = database.transaction(async (tx) => {
      await tx.query('set local lock_timeout = 0');
      return create([second], handlerContext(tx));
    });
    await expect(Promise.all([first, lost])).rejects.toMatchObject({ code: 'CONCURRENT_CHANGE' });
    expect(codes(await first)).toEqual([undefined]);
    expect(codes(await run(create, [second]))).toEqual([code]);
  });

  it('moves the SIM and the number of a Deactivated subscriber to a new one', async () => {
    const old = subscriberRow('OLD');
    await saveInventory(database, {
      subscribers: [old],
      resources: [resourceRow(old, 'MSISDN', '18685550101')],
      sims: [simRow(old, iccid)],
    });
    const next = creation('NEW', { sim: { iccid }, resources: [{ type: 'MSISDN', value: '18685550101' }] });
    expect(codes(await run(create, [next]))).toEqual(['SIM_IN_USE']);
    expect(codes(await run(changeStatus, [change('OLD', 'Suspended'), change('OLD', 'Deactivated')]))).toEqual([
      undefined,
      undefined,
    ]);
    expect(await find('OLD')).toMatchObject({ state: 'Deactivated', simStatus: 'TERMINATED' });
    expect(codes(await run(create, [next]))).toEqual([undefined]);
    expect(await find('NEW')).toMatchObject({ iccid, simStatus: 'ACTIVE' });
    expect(await find('OLD')).toMatchObject({ iccid: null });
    expect(await database.query('select version from inventory.sim')).toEqual([{ version: 4 }]);
    expect(await database.query('select version from inventory.subscriber order by external_id')).toEqual([
      { version: 1 },
      { version: 3 },
    ]);
  });
});
